//go:build !mutation

package verify

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

// FuzzJudge judges whatever lines can be read: no history may make the judge fall over, and the same history
// judged twice, or with its parts given as two, never changes from violated to valid.
func FuzzJudge(f *testing.F) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		if b, err := os.ReadFile(path); err == nil && len(b) < 4096 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var h history.Slice
		for line := range bytes.Lines(b) {
			if r, err := history.DecodeLine(line); err == nil && len(h) < 200 {
				h = append(h, r)
			}
		}
		first, err := Judge(h, Options{})
		if err != nil {
			return // a claim that is none
		}
		again, err := Judge(h, Options{})
		if err != nil || first.Text() != again.Text() {
			t.Fatalf("judged twice, error %v:\n%s\n%s", err, first.Text(), again.Text())
		}
		if strings.Contains(first.Text(), "the judge failed") {
			t.Fatal(first.Text())
		}
		for _, c := range first.Claims {
			if c.Verdict == Violated && len(c.Evidence) == 0 {
				t.Fatalf("%s is violated without evidence: %s", c.ID, c.Why)
			}
		}
	})
}
