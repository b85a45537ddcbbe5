//go:build !agent

package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/rmqproof/rmqproof/fixtures/images/build"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// everywhere is the bug's scenario on each version that can be had and has its mode, oldest first.
func everywhere(bug catalog.Bug) (all []scenario.Scenario) {
	for _, version := range build.Known() {
		if bug.Suits(version) {
			all = append(all, bug.On(version))
		}
	}
	return all
}

// tally counts what a version's runs of a bug came to.
type tally struct{ red, green, of int }

// String is the word for it: mixed is what a race looks like, grey what proves nothing.
func (s tally) String() string {
	switch {
	case s.of == 0:
		return "not run"
	case s.red == s.of:
		return "red"
	case s.green == s.of:
		return "green"
	case s.red > 0:
		return "mixed"
	}
	return "grey"
}

// on counts a run's experiments with a bug on one version.
func on(bug catalog.Bug, version string, run reports.Run) (s tally) {
	name := bug.On(version).Name
	for _, e := range run.Experiments {
		if e.Name != name && !strings.HasPrefix(e.Name, name+"-") {
			continue
		}
		s.of++
		if outcome, _ := e.Outcome(); outcome == verify.Valid {
			s.red++
		} else if absent(bug, e) {
			s.green++
		}
	}
	return s
}

// absent tells whether a run shows that a version does not have a bug: its claim holds, although all went as planned, and the
// claims on the experiment, such as that the fault took place, hold as well. What else of the version breaks says nothing of this bug.
func absent(bug catalog.Bug, e reports.Experiment) bool {
	claim, judged := e.Report.Claim(bug.By)
	doubtful := slices.ContainsFunc(e.Report.Claims, func(c verify.Judgement) bool {
		kind, _ := claims.Named(c.ID)
		return kind.Section == claims.Experiment && c.Verdict != verify.Valid
	})
	return judged && claim.Verdict == verify.Valid && !doubtful && e.Error == ""
}

// bisected prints which versions have a bug, and fails where one of them was not decided.
func bisected(w io.Writer, bug catalog.Bug, run reports.Run) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s (%s)\tRED\tGREEN\tOF\tVERSION IS\n", bug.Called(), bug.By)
	var undecided []string
	for _, version := range build.Known() {
		s := on(bug, version, run)
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\n", version, s.red, s.green, s.of, s)
		if word := s.String(); bug.Suits(version) && (word == "grey" || word == "not run") {
			undecided = append(undecided, version+" is "+word)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(undecided) > 0 {
		return fmt.Errorf("%s: %s", bug.Called(), strings.Join(undecided, ", "))
	}
	return nil
}

// concludeBisect tells what each version came to. It succeeds where every one is decided, whichever way.
func concludeBisect(w io.Writer, dir string, bugs []catalog.Bug, trouble error) error {
	run, err := reports.ReadRun(dir)
	if err == nil {
		for _, bug := range bugs {
			err = errors.Join(err, bisected(w, bug, run))
		}
	}
	if err = errors.Join(err, trouble); err != nil {
		return exitError{exitInconclusive, fmt.Errorf("INCONCLUSIVE: %w. Evidence: %s", err, dir)}
	}
	fmt.Fprintf(w, "Report: %s\n", dir)
	return nil
}
