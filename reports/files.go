package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// writeFile puts a whole file in place at once, so that an interrupted writer leaves the old one or the new one.
func writeFile(dir, name string, content []byte) error {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the report's folder: %w", err)
	}
	if err := renameio.WriteFile(path, content, 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// writeMade writes what make makes; where it fails nothing is written.
func writeMade(dir, name string, make func(io.Writer) error) error {
	var b bytes.Buffer
	if err := make(&b); err != nil {
		return fmt.Errorf("make %s: %w", filepath.Join(dir, name), err)
	}
	return writeFile(dir, name, b.Bytes())
}

func readJSON(path string, into any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read a saved verdict: %w", err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s is not a verdict that rmqproof wrote: %w", path, err)
	}
	return nil
}
