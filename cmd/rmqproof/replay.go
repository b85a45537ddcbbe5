//go:build !agent

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/suites/lab"
)

// asBefore takes labels, version, mode and seed of an earlier run, and sees that this program would inject the same.
func (o *e2eOptions) asBefore() error {
	if o.replay == "" {
		return nil
	}
	if o.fault != "" || o.specs != "" || o.mode != "" || o.labels != catalog.Everything || o.seed != 0 || o.version != catalog.Default.From {
		return fmt.Errorf("--replay takes everything from the earlier run: leave --labels, --mode, --control, --fault, --specs, --seed and --version out")
	}
	run, err := reports.ReadRun(o.replay)
	if err != nil {
		return fmt.Errorf("--replay: %w", err)
	}
	if o.version, err = versionIn(run.Meta.Rerun); err != nil {
		return fmt.Errorf("--replay %s: %w", o.replay, err)
	}
	o.seed, o.mode = run.Meta.Seed, modeIn(run.Meta.Rerun)
	all := catalog.All(catalog.Versions{From: o.version, To: catalog.Default.To})
	var names []string
	for _, e := range run.Experiments {
		if restores(e.Name, all) {
			continue // it comes with the scenario
		}
		if err := sameSchedule(e, all); err != nil {
			return fmt.Errorf("--replay %s: %w", o.replay, err)
		}
		names = append(names, e.Name)
	}
	o.labels = strings.Join(names, " || ")
	return nil
}

// restores tells whether an experiment is what was restored in a scenario's wake.
func restores(name string, all []scenario.Scenario) bool {
	of, is := strings.CutSuffix(name, lab.RestoredSuffix)
	return is && slices.ContainsFunc(all, func(s scenario.Scenario) bool { return s.Name == of && s.Restores })
}

var versionFlag = regexp.MustCompile(`--version (\S+)`)

// versionIn finds RocketMQ's version in the command that made the run.
func versionIn(rerun string) (string, error) {
	found := versionFlag.FindStringSubmatch(rerun)
	if found == nil {
		return "", fmt.Errorf("the run does not say with which version of RocketMQ it began: %q", rerun)
	}
	return found[1], nil
}

var modeFlag = regexp.MustCompile(`(?:--mode |-k manifests/overlays/)(\S+)`)

// modeIn finds the overlay in the command that made the run, "" where each scenario was at home.
func modeIn(rerun string) string {
	found := modeFlag.FindStringSubmatch(rerun)
	if found == nil || !catalog.IsMode(found[1]) {
		return ""
	}
	return found[1]
}

// sameSchedule compares what the history says with what the scenario of this name does here.
func sameSchedule(e reports.Experiment, all []scenario.Scenario) error {
	at := slices.IndexFunc(all, func(s scenario.Scenario) bool { return s.Name == e.Name })
	if at < 0 {
		return fmt.Errorf("%s is no scenario of this program; %s does it again where it is one", e.Name, e.Meta.Rerun)
	}
	was, err := scheduleIn(e.History)
	if err != nil {
		return fmt.Errorf("%s: %w", e.Name, err)
	}
	if now := all[at].Schedule(); !bytes.Equal(was, now) {
		return fmt.Errorf("%s has another schedule in this program than in that run. Then: %s. Now: %s", e.Name, was, now)
	}
	return nil
}

// scheduleIn reads a history's first record.
func scheduleIn(path string) (json.RawMessage, error) {
	if path == "" {
		return nil, fmt.Errorf("no history was saved: its load never started")
	}
	h, err := history.Open(path)
	if err != nil {
		return nil, err
	}
	for record, err := range h.Records() {
		if err != nil {
			return nil, err
		}
		if run, ok := record.(*history.Run); ok && len(run.Config) > 0 {
			return run.Config, nil
		}
		break
	}
	return nil, fmt.Errorf("its history holds no schedule: an earlier rmqproof wrote it")
}
