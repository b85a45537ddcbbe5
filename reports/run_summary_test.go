package reports

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/verify"
)

// TestTheCommandStandsOnceForAll has experiments that failed by the run's own command, and one by another.
func TestTheCommandStandsOnceForAll(t *testing.T) {
	failed := func(rerun string) Experiment {
		return Experiment{Name: "kill", Report: verify.Report{Verdict: verify.Violated, Claims: []verify.Judgement{{ID: "no-acked-loss", Verdict: verify.Violated}}}, Meta: Meta{Rerun: rerun, Seed: 7}}
	}
	r := Run{Experiments: []Experiment{failed("make e2e"), failed("make e2e"), failed("make control")}, Meta: Meta{Rerun: "make e2e", Seed: 7}}
	text := string(r.summary())
	if strings.Count(text, "Do it again (seed 7)") != 2 || strings.Count(text, "make e2e") != 1 || strings.Count(text, "make control") != 1 {
		t.Error(text)
	}
}
