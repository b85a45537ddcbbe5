//go:build !agent

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/verify"
)

// onMode is an experiment with one fault on a bundled overlay, that began some minutes ago.
func onMode(name, cluster, fault string, ago int, v verify.Verdict) reports.Experiment {
	e := reports.Experiment{Name: name, Title: name, Report: verify.Report{Verdict: v, Claims: []verify.Judgement{{ID: "no-acked-loss", Verdict: v,
		Counts: map[string]int64{"acknowledged": 4812, "lost": 3}}}}}
	e.Meta = reports.Meta{Cluster: cluster, Started: time.Now().Add(-time.Duration(ago) * time.Minute), Versions: map[string]string{"rocketmq": "5.2.0"}}
	if fault != "" {
		e.Report.Availability.Spans = []verify.SpanAvailability{{Name: fault, Phase: string(history.Fault)}}
	}
	return e
}

func savedRun(t *testing.T, all ...reports.Experiment) string {
	t.Helper()
	dir := t.TempDir()
	for _, e := range all {
		if err := reports.WriteExperiment(filepath.Join(dir, e.Name), e); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestModesSetsWhatWasSeenBesideWhatIsPromised(t *testing.T) {
	dir := savedRun(t,
		onMode("old", "kind rmqproof, overlay kind", "kill master", 9, verify.Violated),
		onMode("new", "kind rmqproof, overlay kind", "kill master", 1, verify.Valid),
		onMode("vain", "kind rmqproof, overlay kind", "kill master", 0, verify.Inconclusive),
		onMode("elected", "kind rmqproof, overlay controller", "kill leading controller", 5, verify.Valid),
		onMode("foreign", "kind rmqproof, manifests orders", "kill master", 1, verify.Violated),
		onMode("quiet", "kind rmqproof, overlay kind", "", 1, verify.Violated))
	var out bytes.Buffer
	if err := printModes(&out, []string{dir}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| kill master | promised: acknowledged kept, sends other-groups<br>seen: valid on 5.2.0, 4,812 acknowledged, lost: 3, longest outage: none; 1 more inconclusive | not run |\n",
		"| kill leading controller | has none | promised: nothing is derived<br>seen: valid",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "violated") {
		t.Errorf("an older experiment, one on other manifests, or one without a fault is in the table:\n%s", out.String())
	}
}

func TestModesRefusesWhatIsNoRunOnAMode(t *testing.T) {
	for _, dir := range []string{t.TempDir(), savedRun(t, onMode("foreign", "kind rmqproof, manifests orders", "kill master", 1, verify.Valid)), os.DevNull} {
		if err := printModes(&bytes.Buffer{}, []string{dir}); err == nil {
			t.Errorf("%s is taken", dir)
		}
	}
}
