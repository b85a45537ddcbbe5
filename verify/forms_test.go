package verify

import (
	"iter"
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
		_, got := verdicts(t, []history.Reader{inSlabs{h, rapid.IntRange(1, 9).Draw(t, "at a time")}})
		if d := cmp.Diff(want.Text(), got.Text()); d != "" {
			t.Fatalf("memory (-) and memory in slabs (+) disagree:\n%s", d)
		}
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

// inSlabs gives a history many records of a kind at a time: all messages of one queue on one replica that stand together, up to a number.
type inSlabs struct {
	history.Reader
	most int
}

func (s inSlabs) Slabs() iter.Seq2[history.Slab, error] {
	return func(yield func(history.Slab, error) bool) {
		var l history.Slab
		for r, err := range s.Records() {
			n := len(l.Sends) + len(l.Founds)
			if n > 0 && (err != nil || n == s.most || !joins(&l, r)) {
				if !yield(l, nil) {
					return
				}
				l = history.Slab{}
			}
			switch r := r.(type) {
			case *history.Send:
				l.Sends = append(l.Sends, *r)
			case *history.Found:
				l.Founds, l.Alike = append(l.Founds, *r), true
			default:
				if !yield(history.Slab{Other: r}, err) {
					return
				}
			}
		}
		if len(l.Sends)+len(l.Founds) > 0 {
			yield(l, nil)
		}
	}
}

// joins reports whether a record may stand in the slab.
func joins(l *history.Slab, r history.Record) bool {
	if len(l.Sends) > 0 {
		_, ok := r.(*history.Send)
		return ok
	}
	f, ok := r.(*history.Found)
	a := &l.Founds[0]
	return ok && f.Replica == a.Replica && f.Topic == a.Topic && f.Broker == a.Broker && f.Queue == a.Queue
}
