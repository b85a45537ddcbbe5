//go:build !agent

package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/fixtures/images/build"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
)

// bisect is a run of the first bug on each version, with the verdicts of its claim, and the last for all others.
func bisect(verdicts ...verify.Verdict) (run reports.Run) {
	bug := catalog.Bugs()[0]
	for i, s := range everywhere(bug) {
		v := verdicts[min(i, len(verdicts)-1)]
		run.Experiments = append(run.Experiments, reports.Experiment{Name: s.Name, Expect: s.Expect,
			Report: verify.Report{Verdict: v, Claims: []verify.Judgement{{ID: bug.By, Verdict: v}}}})
	}
	return run
}

func TestABisectionSaysWhichVersionsHaveABug(t *testing.T) {
	var out bytes.Buffer
	if err := bisected(&out, catalog.Bugs()[0], bisect(verify.Violated, verify.Valid)); err != nil {
		t.Error(err)
	}
	rows := strings.Split(strings.TrimSpace(out.String()), "\n")[1:]
	if len(rows) != len(build.Known()) || !strings.HasSuffix(rows[0], " red") || !strings.HasSuffix(rows[1], " green") {
		t.Errorf("%s", out.String())
	}
}

func TestABisectionFailsWhereAVersionIsNotDecided(t *testing.T) {
	err := bisected(&bytes.Buffer{}, catalog.Bugs()[0], bisect(verify.Violated, verify.Inconclusive, verify.Valid))
	if err == nil || !strings.Contains(err.Error(), build.Known()[1]+" is grey") || strings.Contains(err.Error(), build.Known()[2]) {
		t.Errorf("%v", err)
	}
}

func TestAVersionOnWhichTheFaultWasNotConfirmedIsGrey(t *testing.T) {
	bug := catalog.Bugs()[0]
	held := verify.Judgement{ID: bug.By, Verdict: verify.Valid}
	other := func(id string, v verify.Verdict) verify.Report {
		return verify.Report{Verdict: v, Claims: []verify.Judgement{held, {ID: id, Verdict: v}}}
	}
	for what, c := range map[string]struct {
		e    reports.Experiment
		want string
	}{
		"no fault":      {reports.Experiment{Report: other("fault-confirmed", verify.Inconclusive)}, "grey"},
		"no traffic":    {reports.Experiment{Report: other("enough-traffic", verify.Inconclusive)}, "grey"},
		"a step failed": {reports.Experiment{Report: other("fault-confirmed", verify.Valid), Error: "the scan was cut off"}, "grey"},
		"another bug":   {reports.Experiment{Report: other("queue-order", verify.Violated)}, "green"},
	} {
		version := build.Known()[0]
		c.e.Name, c.e.Expect = bug.On(version).Name, bug.On(version).Expect
		if got := on(bug, version, reports.Run{Experiments: []reports.Experiment{c.e}}).String(); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
}

func TestABisectionLeavesOutVersionsWithoutTheMode(t *testing.T) {
	bug := catalog.Bug{ID: "1", Show: scenario.Scenario{On: topology.Spec{Overlay: "controller-standalone"}}}
	if len(everywhere(bug)) == 0 {
		t.Error("no version is left")
	}
	for _, s := range everywhere(bug) {
		if s.On.Version < "5.2.0" {
			t.Errorf("%s has no jRaft", s.On.Version)
		}
	}
}

func TestABugThatIsNotShownIsGreyAndTheCommandFails(t *testing.T) {
	bug := catalog.Bugs()[0]
	dir := t.TempDir()
	for _, e := range []reports.Experiment{ran("red", verify.Valid), ran("green", verify.Valid)} {
		if err := reports.WriteExperiment(dir+"/"+e.Name, e); err != nil {
			t.Fatal(err)
		}
	}
	told, err := tell(dir, []catalog.Bug{bug})
	if err != nil || !strings.Contains(told, "GREY: "+bug.Called()+" was not shown on "+bug.Red) {
		t.Errorf("%q, %v", told, err)
	}
	if err := conclude(dir, nil); err == nil {
		t.Error("the command succeeds, though the bug was not shown")
	}
}
