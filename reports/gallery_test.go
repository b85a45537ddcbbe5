package reports

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
)

// TestGallery draws one report of each kind into the folder named by REPORTS_GALLERY, to be looked at.
func TestGallery(t *testing.T) {
	root := os.Getenv("REPORTS_GALLERY")
	if root == "" {
		t.Skip("missing: REPORTS_GALLERY, a folder to draw into")
	}
	for name, e := range gallery(t, root) {
		start := time.Now()
		if err := WriteExperiment(filepath.Join(root, name), e); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s drawn in %s", name, time.Since(start))
	}
	r, err := ReadRun(root)
	if err != nil {
		t.Fatal(err)
	}
	r.Title, r.Meta = "Every fault on RocketMQ 5.1.0", r.Experiments[0].Meta
	if err := WriteRun(root, r); err != nil {
		t.Fatal(err)
	}
}

func gallery(t *testing.T, root string) map[string]Experiment {
	dir := func(name string) string {
		d := filepath.Join(root, name)
		if err := os.RemoveAll(d); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
		return d
	}
	s := time.Second
	three := typical()
	three.outages = []outage{{"broker-a", 20300 * time.Millisecond, 28 * s}, {"broker-a", 30 * s, 30240 * time.Millisecond}, {"broker-b", 44 * s, 45500 * time.Millisecond}}
	million := typical()
	million.rate, million.lose = 17000, -1
	unconfirmed := typical()
	unconfirmed.outages, unconfirmed.fault.Confirmed = nil, false
	vague := unconfirmed.report(verify.Inconclusive)
	vague.Claims[2].Verdict, vague.Claims[2].Why = verify.Inconclusive, "\"kill a master\" was not seen to hold on pod broker-a-master-0"
	lossy := typical()
	lossy.lose = 3
	out := map[string]Experiment{
		"valid":        typical().experiment(t, dir("valid"), typical().report(verify.Valid)),
		"violated":     typical().experiment(t, dir("violated"), typical().violatedReport()),
		"three":        three.experiment(t, dir("three"), three.report(verify.Valid)),
		"million":      million.experiment(t, dir("million"), million.report(verify.Valid)),
		"inconclusive": unconfirmed.experiment(t, dir("inconclusive"), vague),
		"judged":       judged(t, dir("judged"), typical()),
		"lossy":        judged(t, dir("lossy"), lossy),
		"empty":        {Name: "empty", Title: "Nothing came of it", Error: "start the load: the agent did not answer within 1m0s: context deadline exceeded"},
	}
	_ = dir("empty")
	return out
}

// judged is an experiment with the judge's own report.
func judged(t *testing.T, dir string, g generator) Experiment {
	t.Helper()
	e := g.experiment(t, dir, verify.Report{})
	r, err := history.Open(e.History)
	if err != nil {
		t.Fatal(err)
	}
	if e.Report, err = verify.Judge(r, verify.Options{}); err != nil {
		t.Fatal(err)
	}
	return e
}
