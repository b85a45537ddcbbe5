//go:build !agent

package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/suites/catalog"
)

func newModesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "modes DIR...",
		Short: "Print what each mode promises of each failure, and what these runs showed, as a Markdown table",
		Long: `Print what each mode promises of each failure, and what these runs showed, as a Markdown table.

DIR is a run's folder, as e2e leaves it. What is promised is read off the mode's manifests, as rmqproof audit does; what was seen
is read from verdict.json, of the newest experiment where there are several. Nothing is run or judged.

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
	promises map[string]map[string]string // by mode and the audit's failure
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
	for _, mode := range catalog.Modes() {
		if err := t.promise(mode); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, t.markdown())
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

// promise reads off a mode's manifests what they promise of each failure.
func (t *modeTable) promise(mode string) error {
	manifests, err := rendered(mode, "")
	if err != nil {
		return err
	}
	set, err := input.Parse(manifests, "overlay "+mode)
	if err != nil {
		return err
	}
	all, err := promises(set)
	t.promises[mode] = map[string]string{}
	for failure, p := range all {
		t.promises[mode][failure] = fmt.Sprintf("acknowledged %s, sends %s", p.Acknowledged, p.Sends)
	}
	return err
}

// newest is the experiment that started last.
func newest(l []reports.Experiment) (last reports.Experiment) {
	for _, e := range l {
		if last.Name == "" || e.Meta.Started.After(last.Meta.Started) {
			last = e
		}
	}
	return last
}

func (t *modeTable) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| failure | %s |\n|---%s|\n", strings.Join(catalog.Modes(), " | "), strings.Repeat("|---", len(catalog.Modes())))
	for _, failure := range t.failures {
		fmt.Fprintf(&b, "| %s |", failure)
		for _, mode := range catalog.Modes() {
			fmt.Fprintf(&b, " %s |", t.cell(failure, mode))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cell says what a mode promises of a failure, and what was seen.
func (t *modeTable) cell(failure, mode string) string {
	promised := "nothing is derived"
	if p, known := t.promises[mode][string(promisedOf[failure])]; known {
		promised = p
	}
	l := t.seen[failure][mode]
	switch {
	case len(l) == 0 && strings.Contains(failure, "controller") && !strings.HasPrefix(mode, "controller"):
		return "has none"
	case len(l) == 0:
		return "not run"
	}
	e := newest(l)
	s := e.Seen()
	return fmt.Sprintf("promised: %s<br>seen: %s on %s, %s lost of %s, a group out for %s", promised, s.Outcome, e.Meta.Versions["rocketmq"], s.Lost, s.Acknowledged, s.GroupOutage)
}
