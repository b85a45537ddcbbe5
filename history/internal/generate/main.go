// Command generate makes the history format's readers and writers, its JSON Schema and its page from the structs of
// history/record.go. It runs in the folder history, by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	files, err := generate(dir)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return fmt.Errorf("writing what was generated: %w", err)
		}
	}
	return nil
}

// generate gives the content of each generated file by its path from the folder history.
func generate(dir string) (map[string][]byte, error) {
	t, err := readTable(filepath.Join(dir, "record.go"))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, make := range map[string]func(table) string{
		"zz_generated_kinds.go": kindsFile, "zz_generated_columns.go": columnsFile, "zz_generated_rows.go": rowsFile,
		"zz_generated_read_line.go": readLineFile, "zz_generated_append_line.go": appendLineFile,
	} {
		if files[name], err = source(make(t)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if files["schema.json"], err = schemaFile(t); err != nil {
		return nil, err
	}
	page := filepath.Join("..", "docs", "history.md")
	old, err := os.ReadFile(filepath.Join(dir, page))
	if err != nil {
		return nil, fmt.Errorf("reading the page: %w", err)
	}
	files[page], err = pageFile(t, string(old))
	return files, err
}
