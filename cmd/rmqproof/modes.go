//go:build !agent

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/verify"
)

func newModesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "modes DIR...",
		Short: "Print what each mode promises of each failure, and what these runs showed, as a Markdown table",
		Long: `Print what each mode promises of each failure, and what these runs showed, as a Markdown table.

DIR is a run's folder, as e2e leaves it. What is promised is read off the mode's manifests, as rmqproof audit does; what was seen
is read from verdict.json: where there are several experiments, of the newest that concluded anything. Nothing is run or judged.

Exit code: 0 printed; 64 usage; 65 what was saved cannot be read.`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return printModes(cmd.OutOrStdout(), args) },
	}
}

// promisedOf is the audit's name of the failure that a fault is. Of all other faults the audit derives nothing.
var promisedOf = map[string]promise.Failure{"kill master": promise.PodKilled, "SIGKILL master": promise.PodKilled}

// modeTable is what was seen, by failure and mode.
type modeTable struct {
	failures []string
	seen     map[string]map[string][]reports.Experiment
	promises map[string]map[string]string // by mode with release, and the audit's failure
}

func printModes(w io.Writer, folders []string) error {
	t := modeTable{seen: map[string]map[string][]reports.Experiment{}, promises: map[string]map[string]string{}}
	for _, dir := range folders {
		run, err := reports.ReadRun(dir)
		if err != nil {
			return exitError{exitUnreadable, err}
		}
		for _, e := range run.Experiments {
			t.add(e)
		}
	}
	if len(t.failures) == 0 {
		return exitError{exitUnreadable, fmt.Errorf("no experiment of these runs stands on one of the modes %s and has a fault", strings.Join(catalog.Modes(), ", "))}
	}
	text, err := t.markdown()
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return err
}

// add takes an experiment on a bundled mode that had a fault.
func (t *modeTable) add(e reports.Experiment) {
	_, mode, _ := strings.Cut(e.Meta.Cluster, "overlay ")
	var faults []string
	for _, s := range e.Report.Availability.Spans {
		if s.Phase == "fault" {
			faults = append(faults, s.Name)
		}
	}
	if mode != catalog.Modes()[0] && !catalog.IsMode(mode) || len(faults) == 0 {
		return
	}
	failure := strings.ReplaceAll(strings.Join(faults, "; "), " of broker-a", "")
	if t.seen[failure] == nil {
		t.seen[failure], t.failures = map[string][]reports.Experiment{}, append(t.failures, failure)
	}
	t.seen[failure][mode] = append(t.seen[failure][mode], e)
}

// promise reads off a mode's manifests what they promise of a failure, as they are deployed with a release.
func (t *modeTable) promise(mode, release string, failure promise.Failure) (string, error) {
	key := mode + " " + release
	if t.promises[key] == nil {
		manifests, err := rendered(mode, release)
		if err != nil {
			return "", err
		}
		set, err := input.Parse(manifests, "overlay "+mode)
		if err != nil {
			return "", err
		}
		all, _, err := audited(set)
		if err != nil {
			return "", err
		}
		t.promises[key] = map[string]string{}
		for f, p := range all {
			t.promises[key][f] = fmt.Sprintf("acknowledged %s, sends %s", p.Acknowledged, p.Sends)
		}
	}
	if p, known := t.promises[key][string(failure)]; known {
		return p, nil
	}
	return "nothing is derived", nil
}

// telling is the newest experiment that concluded anything, else the newest, and how many there are beside it that concluded nothing.
func telling(l []reports.Experiment) (best reports.Experiment, vain int) {
	concluded := func(e reports.Experiment) bool {
		outcome, _ := e.Outcome()
		return outcome != verify.Inconclusive
	}
	for _, e := range l {
		if !concluded(e) {
			vain++
		}
		if best.Name == "" || concluded(e) && !concluded(best) || concluded(e) == concluded(best) && e.Meta.Started.After(best.Meta.Started) {
			best = e
		}
	}
	if !concluded(best) {
		vain--
	}
	return best, vain
}

// modes are those that any run stands on.
func (t *modeTable) modes() []string {
	return slices.DeleteFunc(catalog.Modes(), func(mode string) bool {
		for _, of := range t.seen {
			if len(of[mode]) > 0 {
				return false
			}
		}
		return true
	})
}

func (t *modeTable) markdown() (string, error) {
	var b strings.Builder
	modes := t.modes()
	fmt.Fprintf(&b, "| failure | %s |\n|---%s|\n", strings.Join(modes, " | "), strings.Repeat("|---", len(modes)))
	for _, failure := range t.failures {
		fmt.Fprintf(&b, "| %s |", failure)
		for _, mode := range modes {
			cell, err := t.cell(failure, mode)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

// cell says what a mode promises of a failure, and what was seen.
func (t *modeTable) cell(failure, mode string) (string, error) {
	l := t.seen[failure][mode]
	switch {
	case len(l) == 0 && strings.Contains(failure, "controller") && !strings.HasPrefix(mode, "controller"):
		return "has none", nil
	case len(l) == 0:
		return "not run", nil
	}
	e, vain := telling(l)
	s, release := e.Seen(), e.Meta.Versions["rocketmq"]
	promised, err := t.promise(mode, release, promisedOf[failure])
	cell := fmt.Sprintf("promised: %s<br>seen: %s on %s, %s acknowledged, lost: %s, longest outage: %s", promised, s.Outcome, release, s.Acknowledged, s.Lost, s.GroupOutage)
	if vain > 0 {
		cell += fmt.Sprintf("; %d more inconclusive", vain)
	}
	return cell, err
}
