package certificate

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/internal/redact"
)

// copyScenarios brings the profile's scenarios into the bundle, without their secrets. It names the files that it leaves
// out: of what is no text no secret can be taken out.
func (run Run) copyScenarios(bundle string) (left []string, err error) {
	for _, m := range run.Profile.Members {
		from := filepath.Join(run.Dir, m.Name)
		if !exists(filepath.Join(from, "verdict.json")) {
			continue // logs of what was never judged show nothing
		}
		err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, err := filepath.Rel(run.Dir, path)
			if err != nil {
				return err
			}
			taken, err := run.copyFile(path, filepath.Join(bundle, scenariosFolder, rel), d)
			if err == nil && !taken {
				left = append(left, filepath.ToSlash(rel))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(left)
	return left, nil
}

func (run Run) copyFile(from, to string, d fs.DirEntry) (taken bool, err error) {
	if !d.Type().IsRegular() {
		return false, nil
	}
	raw, err := os.ReadFile(from)
	if err != nil {
		return false, err
	}
	switch {
	case d.Name() == history.FileName:
		if err := run.historySealed(from); err != nil {
			return false, err
		}
	case !isText(raw):
		return false, nil
	default:
		raw = redact.Bytes(raw, run.Secrets...)
	}
	return true, write(filepath.Dir(to), filepath.Base(to), raw)
}

// historySealed refuses a history in which something looks like a secret: a history is judged as it was recorded, so
// nothing can be taken out of it.
func (run Run) historySealed(path string) error {
	r, err := history.Open(path)
	if err != nil {
		return err
	}
	for record, err := range r.Records() {
		if err != nil {
			return err
		}
		line, err := history.EncodeLine(record)
		if err != nil {
			return err
		}
		if !bytes.Equal(redact.Bytes(line, run.Secrets...), line) {
			return fmt.Errorf("%w: %s holds what looks like one in a record of kind %s", ErrSecret, path, record.Kind())
		}
	}
	return nil
}

func isText(raw []byte) bool { return utf8.Valid(raw) && !bytes.ContainsRune(raw, 0) }
