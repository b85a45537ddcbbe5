package verify

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

// expectation reads from a history's run line which claims are not valid. All others must be.
func expectation(t *testing.T, path string) map[string]Verdict {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(b), "\n")
	var run struct {
		Expect map[string]Verdict
	}
	if err := json.Unmarshal([]byte(first), &run); err != nil {
		t.Fatal(err)
	}
	return run.Expect
}

func TestHandWrittenHistories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d histories, error %v", len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".jsonl"), func(t *testing.T) {
			f, err := history.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Judge(f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkVerdicts(t, r, expectation(t, path))
		})
	}
}

func checkVerdicts(t *testing.T, r Report, want map[string]Verdict) {
	t.Helper()
	worst := cmp.Or(want["run"], Valid) // what the run itself is, beyond its claims
	for _, c := range r.Claims {
		expected, ok := want[c.ID]
		if !ok {
			expected = Valid
		}
		worst = Worst(worst, expected)
		if c.Verdict != expected {
			t.Errorf("%s is %s, want %s: %s", c.ID, c.Verdict, expected, c.Why)
		}
		if c.Why == "" || c.Verdict == Violated && len(c.Evidence) == 0 {
			t.Errorf("%s says %q and shows %d operations", c.ID, c.Why, len(c.Evidence))
		}
	}
	for id := range want {
		if id == "run" {
			continue
		}
		if _, ok := r.Claim(id); !ok {
			t.Errorf("%s was not judged", id)
		}
	}
	if r.Verdict != worst {
		t.Errorf("the run is %s, want %s", r.Verdict, worst)
	}
}
