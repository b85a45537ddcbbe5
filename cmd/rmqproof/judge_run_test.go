//go:build !agent

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/verify"
)

// saveRun writes the folder of a run of one experiment, as a run does.
func saveRun(t *testing.T, h history.Slice, wrong string, expect verify.Expectation) string {
	t.Helper()
	dir := t.TempDir()
	experiment := filepath.Join(dir, "x")
	if err := os.MkdirAll(experiment, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(experiment, history.FileName)
	rec, err := history.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range h {
		err = errors.Join(err, rec.Append(r))
	}
	report, judging := verify.Judge(h, verify.Options{})
	e := reports.Experiment{Name: "x", History: path, Report: report, Expect: expect}
	if err := errors.Join(err, rec.Close(), judging, reports.WriteExperiment(experiment, e),
		reports.WriteRun(dir, reports.Run{Error: wrong, Experiments: []reports.Experiment{e}})); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestJudgeGivesTheRunsExitCode judges the saved folders of runs that ended well, that lost a message, and that went wrong in the
// experiment and beside it.
func TestJudgeGivesTheRunsExitCode(t *testing.T) {
	sound := history.Slice{
		&history.Run{Version: 1, ID: "x", Claims: []string{"no-acked-loss"}},
		&history.Send{Topic: "t", Broker: "a", Outcome: history.OK, End: 1},
		&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Intact: true},
		&history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: 1, Complete: true, End: 9},
	}
	lossy := history.Slice{sound[0], sound[1], &history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: 1, Complete: true, End: 9}}
	leak := &history.Problem{Step: "everything is as it was before", Text: "a pod is left"}
	for name, c := range map[string]struct {
		h     history.Slice
		wrong string
		want  int
	}{
		"sound":                         {sound, "", 0},
		"a loss":                        {lossy, "", exitViolated},
		"a problem":                     {append(sound[:4:4], leak), "", exitInconclusive},
		"a loss and a problem":          {append(lossy[:3:3], leak), "", exitViolated},
		"nothing acknowledged":          {sound[:1], "", exitInconclusive},
		"sound, and not cleaned up":     {sound, "delete the cluster: timed out", exitInconclusive},
		"a loss, and not cleaned up":    {lossy, "delete the cluster: timed out", exitViolated},
		"a problem, and not cleaned up": {append(sound[:4:4], leak), "delete the cluster: timed out", exitInconclusive},
	} {
		dir := saveRun(t, c.h, c.wrong, verify.Expectation{})
		run := 0
		var exit exitError
		if errors.As(conclude(dir, nil), &exit) {
			run = exit.code
		}
		code, out := command(t, "judge", dir)
		if run != c.want || code != c.want || c.want == exitInconclusive && c.wrong != "" && len(c.h) == 4 && !strings.Contains(out, c.wrong) {
			t.Errorf("%s: the run gave %d, and judge %d; want %d\n%s", name, run, code, c.want, out)
		}
	}
}

// TestJudgeHoldsAControlAgainstWhatHasToBeCaught judges folders of experiments that have to lose a message.
func TestJudgeHoldsAControlAgainstWhatHasToBeCaught(t *testing.T) {
	caught := verify.Expectation{Verdict: verify.Violated, By: "no-acked-loss"}
	run, send := &history.Run{Version: 1, ID: "x", Claims: []string{"no-acked-loss"}}, &history.Send{Topic: "t", Broker: "a", Outcome: history.OK, End: 1}
	scan := &history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: 1, Complete: true, End: 9}
	found := &history.Found{Replica: "a/0", Topic: "t", Broker: "a", Intact: true}
	for name, c := range map[string]struct {
		h    history.Slice
		more []string
		want int
		said string
	}{
		"caught":               {history.Slice{run, send, scan}, nil, 0, "x: CAUGHT."},
		"missed":               {history.Slice{run, send, found, scan}, nil, exitViolated, "no verdict of this build can be believed"},
		"nothing proved":       {history.Slice{run}, nil, exitInconclusive, "has to be violated"},
		"other claims, chosen": {history.Slice{run, send, scan}, []string{"--claims", "no-acked-loss"}, exitViolated, "no-acked-loss"},
	} {
		dir := saveRun(t, c.h, "", caught)
		if code, out := command(t, append([]string{"judge", dir}, c.more...)...); code != c.want || !strings.Contains(out, c.said) {
			t.Errorf("%s: %d, want %d\n%s", name, code, c.want, out)
		}
		if code, _ := command(t, "judge", filepath.Join(dir, "x", history.FileName)); name == "caught" && code != exitViolated {
			t.Errorf("a history by itself: %d", code)
		}
	}
}
