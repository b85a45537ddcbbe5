package verify

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

// TestStoredRealRuns judges again what was recorded on real clusters: the forced delete of a master of the
// bundled manifests, and the control that must lose messages. The verdicts are those that the runs ended with.
func TestStoredRealRuns(t *testing.T) {
	want := map[string]struct {
		verdict     Verdict
		acked, lost int64
		loss        Verdict
	}{
		"kill-master": {Valid, 8096, 0, Valid},
		"control":     {Violated, 1759, 1759, Violated},
	}
	files, err := filepath.Glob("testdata/real/*.rmqh")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d stored runs, error %v", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".rmqh")
		f, err := history.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Judge(f, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, _ := r.Claim(NoAckedLoss)
		w := want[name]
		if r.Verdict != w.verdict || c.Verdict != w.loss || c.Counts["acknowledged"] != w.acked || c.Counts["lost"] != w.lost {
			t.Errorf("%s: want %+v\n%s", name, w, r.Text())
		}
		if err := PlantedLoss(f); (err == nil) != (w.lost < w.acked) {
			t.Errorf("%s: planted loss: %v", name, err)
		}
	}
}
