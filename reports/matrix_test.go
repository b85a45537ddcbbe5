package reports

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

func TestTheMatrixHasAColumnForEachVersionInTheirOrder(t *testing.T) {
	of := func(name, version string, verdict verify.Verdict, lost int64) Experiment {
		e := Experiment{Name: name, Meta: Meta{Versions: map[string]string{rocketMQ: version}}}
		e.Report.Verdict = verdict
		e.Report.Claims = []verify.Judgement{{ID: claims.NoAckedLoss().ID(), Verdict: verdict, Counts: map[string]int64{"lost": lost}}}
		return e
	}
	got := Matrix([]Run{
		{Experiments: []Experiment{of("full", "5.10.0", verify.Valid, 0), of("dead", "5.10.0", verify.Valid, 0)}},
		{Experiments: []Experiment{of("dead", "5.2.0", verify.Violated, 7), of("dead", "5.2.0", verify.Valid, 0)}},
	})
	want := []string{
		"| scenario | 5.2.0 | 5.10.0 |",
		"|---|---|---|",
		"| `full` | not run | valid, 0 of 0 lost, out never |",
		"| `dead` | violated (no-acked-loss), 7 of 0 lost, out never; valid, 0 of 0 lost, out never | valid, 0 of 0 lost, out never |",
	}
	if got != strings.Join(want, "\n")+"\n" {
		t.Errorf("%s", got)
	}
}
