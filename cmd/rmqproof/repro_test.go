//go:build !agent

package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/verify"
)

// ran is a run's experiment of one side of the first bug, judged so.
func ran(side string, v verify.Verdict) reports.Experiment {
	bug := catalog.Bugs()[0]
	e := reports.Experiment{Name: bug.ID + "-" + side, Report: verify.Report{Verdict: v, Claims: []verify.Judgement{{ID: bug.By, Verdict: v}}}}
	if strings.HasPrefix(side, "red") {
		e.Expect = bug.Sides()[0].Expect
	}
	return e
}

func TestABugIsShownWhereTheRedSideIsCaughtAndTheGreenOneHolds(t *testing.T) {
	run := reports.Run{Experiments: []reports.Experiment{
		ran("red", verify.Violated), ran("red-2", verify.Valid), ran("red-3", verify.Inconclusive),
		ran("green", verify.Valid), ran("green-2", verify.Violated),
		{Name: "kill-master", Report: verify.Report{Verdict: verify.Valid}},
	}}
	red, green := rates(catalog.Bugs()[0], []reports.Run{run})
	if red != (rate{1, 3}) || green != (rate{1, 2}) {
		t.Errorf("red %s, green %s", red, green)
	}
	if red, _ := rates(catalog.Bugs()[1], []reports.Run{run}); red.String() != "not run" {
		t.Errorf("another bug: %s", red)
	}
}

func TestEachBugHasTwoSidesThatDifferInVersionOrSettingsAndExpectationAlone(t *testing.T) {
	for _, b := range catalog.Bugs() {
		red, green := b.Sides()[0], b.Sides()[1]
		if red.Expect.Verdict != verify.Violated || red.Expect.By != b.By || !green.Expect.Zero() || red.On.Version == green.On.Version && red.On.Settings == green.On.Settings {
			t.Errorf("#%s: red %+v on %s, green %+v on %s", b.ID, red.Expect, red.On.Version, green.Expect, green.On.Version)
		}
		named := false
		for _, c := range red.Claims {
			named = named || c.ID() == b.By
		}
		if !named {
			t.Errorf("#%s: the scenario does not claim %s", b.ID, b.By)
		}
	}
}

func TestReproKnowsItsBugs(t *testing.T) {
	if b, err := namedBugs([]string{"#6570"}); err != nil || len(b) != 1 || b[0].ID != "6570" {
		t.Errorf("%+v, %v", b, err)
	}
	for _, wrong := range [][]string{nil, {"1"}} {
		if _, err := namedBugs(wrong); err == nil || !strings.Contains(err.Error(), "6570") {
			t.Errorf("%v: %v, want the list", wrong, err)
		}
	}
	var out bytes.Buffer
	if err := (&reproOptions{format: "json"}).print(&out, nil); err != nil || !strings.Contains(out.String(), `"claim": "offset-honest"`) {
		t.Errorf("%v %s", err, out.String())
	}
}
