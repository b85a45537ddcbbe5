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
	"github.com/rmqproof/rmqproof/suites/catalog"
)

// runOf writes a run's folder with one experiment, whose history has this schedule.
func runOf(t *testing.T, name string, schedule []byte) string {
	t.Helper()
	dir := t.TempDir()
	meta := reports.Meta{Seed: 42, Rerun: "rmqproof e2e --labels 'x' --version 5.1.0 --seed 42"}
	e := reports.Experiment{Name: name, History: filepath.Join(dir, name, history.FileName), Meta: meta}
	if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
		t.Fatal(err)
	}
	rec, err := history.Create(e.History)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(rec.Append(&history.Run{Version: history.Version, ID: name, Config: schedule}), rec.Close()); err != nil {
		t.Fatal(err)
	}
	err = errors.Join(reports.WriteExperiment(filepath.Join(dir, name), e), reports.WriteRun(dir, reports.Run{Meta: meta, Experiments: []reports.Experiment{e}}))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestARunIsReplayedOnlyWithItsOwnSchedule(t *testing.T) {
	some, err := catalog.Select(catalog.All(catalog.Default), "flapping-replication")
	if err != nil {
		t.Fatal(err)
	}
	same := some[0].Schedule()
	for name, tc := range map[string]struct {
		scenario string
		schedule []byte
		wrong    string
	}{
		"the same":        {"flapping-replication", same, ""},
		"another":         {"flapping-replication", []byte(`{"schedule":[]}`), "another schedule"},
		"none":            {"flapping-replication", nil, "holds no schedule"},
		"not in the list": {"own-fault", same, "no scenario of this program"},
	} {
		o := &e2eOptions{labels: catalog.Everything, version: catalog.Default.From, replay: runOf(t, tc.scenario, tc.schedule)}
		err := o.asBefore()
		if tc.wrong == "" && (err != nil || o.labels != "flapping-replication" || o.seed != 42 || o.version != "5.1.0") {
			t.Errorf("%s: %v; labels %q, seed %d, version %s", name, err, o.labels, o.seed, o.version)
		}
		if tc.wrong != "" && (err == nil || !strings.Contains(err.Error(), tc.wrong)) {
			t.Errorf("%s: %v, want it to say %q", name, err, tc.wrong)
		}
	}
	for _, o := range []e2eOptions{{labels: "smoke"}, {labels: catalog.Everything, version: "5.2.0"}, {labels: catalog.Everything, version: "5.1.0", seed: 7}} {
		if o.replay = "x"; o.asBefore() == nil || !strings.Contains(o.asBefore().Error(), "takes everything") {
			t.Errorf("--replay goes together with %+v", o)
		}
	}
}

// The same scenario on another overlay is another experiment.
func TestARunInAModeIsReplayedInIt(t *testing.T) {
	for rerun, want := range map[string]string{
		"rmqproof e2e --labels 'x' --version 5.1.0 --seed 42":                                                     "",
		"rmqproof e2e --mode controller --labels 'x' --version 5.1.0 --seed 42":                                   "controller",
		"rmqproof certify -k manifests/overlays/controller-one-copy --version 5.2.0 --profile failover --seed 42": "controller-one-copy",
		"rmqproof certify -k manifests/overlays/kind --version 5.1.0 --profile smoke --seed 42":                   "",
	} {
		if got := modeIn(rerun); got != want {
			t.Errorf("%s: mode %q, want %q", rerun, got, want)
		}
	}
	if err := (&e2eOptions{labels: catalog.Everything, mode: "controller", replay: "x"}).asBefore(); err == nil || !strings.Contains(err.Error(), "--mode") {
		t.Errorf("--replay goes together with --mode: %v", err)
	}
}

// What was restored in a scenario's wake has no schedule of its own, and comes again with it.
func TestARestorationIsNotReplayedByItself(t *testing.T) {
	all := catalog.All(catalog.Default)
	if !restores("drill-backup-files-restored", all) || restores("drill-backup-files", all) || restores("kill-master-restored", all) {
		t.Error("what was restored is taken for a scenario, or the other way round")
	}
}
