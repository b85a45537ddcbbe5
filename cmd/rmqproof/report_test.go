//go:build !agent

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/verify"
)

func TestReportDrawsASavedExperimentAgain(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "kill")
	e := reports.Experiment{Name: "kill", Title: "Kill", Report: verify.Report{Verdict: verify.Violated, Claims: []verify.Judgement{{ID: "no-acked-loss", Verdict: verify.Violated, Why: "lost"}}}}
	if err := reports.WriteExperiment(dir, e); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(dir, reports.TimelineFile)
	if err := os.Remove(page); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{dir, root} {
		if code := run(t.Context(), []string{"report", target}); code != 0 {
			t.Errorf("report %s: exit code %d", target, code)
		}
	}
	for _, path := range []string{page, filepath.Join(root, reports.IndexFile)} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("not drawn: %v", err)
		}
	}
}

func TestReportExitCodes(t *testing.T) {
	for want, args := range map[int][]string{exitUsage: {"report"}, exitUnreadable: {"report", t.TempDir()}} {
		if code := run(t.Context(), args); code != want {
			t.Errorf("%v: exit code %d, want %d", args, code, want)
		}
	}
}
