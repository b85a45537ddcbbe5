package verify

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
)

// TestEveryFormIsJudgedAlike judges the same records from memory, from the binary form and from lines: files are read many records
// at a time.
func TestEveryFormIsJudgedAlike(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		h := drawRun(t)
		_, want := verdicts(t, []history.Reader{h})
		for name, write := range map[string]func(*os.File) error{
			"a.rmqh":  func(f *os.File) error { return history.WriteCompact(f, h) },
			"a.jsonl": func(f *os.File) error { return history.WriteLines(f, h) },
		} {
			_, got := verdicts(t, []history.Reader{written(t, filepath.Join(dir, name), write)})
			if d := cmp.Diff(want.Text(), got.Text()); d != "" {
				t.Fatalf("memory (-) and %s (+) disagree:\n%s", name, d)
			}
		}
	})
}

func written(t *rapid.T, path string, write func(*os.File) error) *history.File {
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := write(out); err != nil {
		t.Fatal(err)
	}
	f, err := history.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
