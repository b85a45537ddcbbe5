package verify

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

// TestStoredRealRuns judges again what was recorded on real clusters: the forced delete of a master of the
// bundled manifests, the negative control that must lose messages, and a run whose scan skipped what was there.
func TestStoredRealRuns(t *testing.T) {
	want := map[string]struct {
		verdict     Verdict
		acked, lost int64
		loss        Verdict
	}{
		"kill-master": {Valid, 8096, 0, Valid},
		"control":     {Violated, 1759, 1759, Violated},
		// On 5.1.0 a refused message makes every later offset of a queue one too high (#6570), and the scan of that time
		// took a message's own offset for its place: it passed over 233 messages that had been delivered.
		"scan-that-skips": {Violated, 10142, 0, Inconclusive},
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
