//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/chaos/own"
	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/suites/lab"
	"github.com/rmqproof/rmqproof/verify"
)

// cleanWithin bounds the taking down of the cluster.
const cleanWithin = 3 * time.Minute

type e2eOptions struct {
	labels, out, version, specs, fault, replay, mode string
	seed                                             int64
	keep, control                                    bool
}

func newE2ECommand() *cobra.Command {
	o := &e2eOptions{}
	cmd := &cobra.Command{
		Use:   "e2e",
		Short: "Stand up a real cluster, disturb it under load, and judge what it kept",
		Long: `Stand up an engine, images, a kind cluster and RocketMQ, run a load, inject one fault after another, and judge each.
rmqproof plan lists the scenarios and their labels.

Exit code: 0 every scenario ended as it has to, 1 a claim was violated, 2 inconclusive (also: nothing ran, or the cluster never came up), 64 usage.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringVar(&o.labels, "labels", catalog.Everything, "scenarios to run: labels or names joined by &&, ||, ! and parentheses")
	f.StringVar(&o.out, "out", filepath.Join("reports", "out"), "folder in which the run's folder is made")
	f.StringVar(&o.version, "version", catalog.Default.From, "RocketMQ version to deploy")
	f.StringVar(&o.mode, "mode", "", "bundled overlay on which the scenarios of the cluster with fixed masters are run instead, such as controller")
	f.Int64Var(&o.seed, "seed", 0, "seed of every random choice: bodies, keys, the load's jitter (0: take one and print it)")
	f.BoolVar(&o.control, "control", false, "run only the negative controls, which must be caught; exit code 0 when they were")
	f.BoolVar(&o.keep, "keep", false, "leave the cluster running")
	f.StringVar(&o.fault, "fault", "", "run a fault of your own instead: a file with the commands that inject, confirm and heal it (docs/faults.md)")
	f.StringVar(&o.replay, "replay", "", "run again what was run in this folder: the same scenarios, version and seed, as their histories have the schedules")
	f.StringVar(&o.specs, "specs", "", "run the compiled Ginkgo specs in this file instead of the scenarios in this process; make e2e does")
	return cmd
}

func (o *e2eOptions) run(ctx context.Context) error {
	if err := o.together(); err != nil {
		return exitError{exitUsage, err}
	}
	if err := o.asBefore(); err != nil {
		return exitError{exitUsage, err}
	}
	versions := catalog.Versions{From: o.version, To: catalog.Default.To}
	selected, err := o.selected(versions)
	if err != nil {
		return exitError{exitUsage, err}
	}
	if err := checkVersions(ctx, o.version); err != nil {
		return err
	}
	if o.seed == 0 {
		o.seed = time.Now().UnixNano() % 1_000_000
	}
	dir, err := o.runDir()
	if err != nil {
		return err
	}
	progress.Say(ctx, "%d scenarios, seed %d, report in %s", len(selected), o.seed, dir)
	options := lab.Options{Dir: dir, Mode: o.mode, Version: versions.From, UpgradeTo: versions.To, Also: catalog.Needed(selected), Seed: o.seed, Keep: o.keep,
		Rerun: o.rerun(), Title: "rmqproof " + o.labels}
	if o.specs != "" {
		return conclude(dir, o.runSpecs(ctx, options))
	}
	_, err = perform(ctx, options, selected)
	return conclude(dir, err)
}

// together refuses flags of which one would be passed over in silence, and specs that are not there.
func (o *e2eOptions) together() error {
	every := o.labels == catalog.Everything
	switch {
	case o.control && !every:
		return errors.New("--control runs the negative controls, and --labels what it says: give one of them")
	case o.fault != "" && (o.control || !every || o.mode != ""):
		return errors.New("--fault runs that fault alone, on fixed masters: leave --labels, --control and --mode out")
	}
	if o.control {
		o.labels = catalog.Control
	}
	if o.specs != "" {
		if _, err := os.Stat(o.specs); err != nil {
			return fmt.Errorf("--specs: %w; make bin/suites.test compiles them", err)
		}
	}
	return nil
}

// selected are the scenarios to run: those of the catalogue for which the labels hold, or the user's own fault.
func (o *e2eOptions) selected(versions catalog.Versions) ([]scenario.Scenario, error) {
	if o.fault == "" {
		return catalog.SelectIn(o.mode, versions, o.labels)
	}
	if o.specs != "" {
		return nil, fmt.Errorf("--fault and --specs cannot go together: the specs know the catalogue alone")
	}
	f, err := own.Read(o.fault)
	if err != nil {
		return nil, err
	}
	kubeconfig, err := kindcluster.Options{}.Kubeconfig()
	if err != nil {
		return nil, err
	}
	return []scenario.Scenario{catalog.Own(f)}, tellCommands(kubeconfig, rocketmq.Namespace)
}

// tellCommands leads the user's own commands to the cluster.
func tellCommands(kubeconfig, namespace string) error {
	return errors.Join(os.Setenv("KUBECONFIG", kubeconfig), os.Setenv("RMQPROOF_NAMESPACE", namespace))
}

// standUp opens the lab; a variable, so that no test of the command line can reach a real cluster.
var standUp = lab.Open

// perform runs the scenarios in this process, one after another. It names those that went wrong, and why.
func perform(ctx context.Context, options lab.Options, selected []scenario.Scenario) (broken map[string]string, err error) {
	began, trouble, broken := time.Now(), "", map[string]string{}
	var aborted error
	l, err := standUp(ctx, options)
	if err == nil {
		trouble, aborted = each(ctx, l, selected, broken)
		cleaning, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanWithin)
		defer cancel()
		err = l.Close(cleaning)
	}
	if err != nil {
		trouble += err.Error()
	}
	_, unwritten := lab.Conclude(options, began, trouble)
	if trouble != "" {
		fmt.Fprintln(os.Stderr, "rmqproof: "+trouble)
		if aborted != nil {
			return broken, aborted
		}
		return broken, fmt.Errorf("the run did not go as planned")
	}
	return broken, unwritten
}

// each runs one scenario after another until Ctrl-C, or until a cluster that is not ours was harmed more than was agreed.
func each(ctx context.Context, l *lab.Lab, selected []scenario.Scenario, broken map[string]string) (trouble string, aborted error) {
	for i, s := range selected {
		_, wrong := l.Run(ctx, s)
		if wrong != nil {
			trouble += wrong.Error() + "\n"
			broken[s.Name] = wrong.Error()
		}
		if i == 0 && l.Subject != nil && errors.Is(wrong, lab.ErrNotStanding) {
			return trouble, nil // somebody else's configuration that never stood will not stand for the next one either
		}
		switch aborted := l.Aborted(); {
		case aborted != nil:
			return trouble + aborted.Error() + "\n", aborted
		case ctx.Err() != nil:
			return trouble + "interrupted\n", aborted
		}
	}
	return trouble, nil
}

func (o *e2eOptions) runDir() (string, error) {
	id := time.Now().UTC().Format("20060102-150405") + "-" + strconv.FormatInt(o.seed, 10)
	dir, err := filepath.Abs(filepath.Join(o.out, id))
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// rerun is the command that does the same again, with this very program.
func (o *e2eOptions) rerun() string {
	if o.fault != "" {
		return fmt.Sprintf("rmqproof e2e --fault '%s' --version %s --seed %d", o.fault, o.version, o.seed)
	}
	mode := ""
	if o.mode != "" {
		mode = " --mode " + o.mode
	}
	return fmt.Sprintf("rmqproof e2e%s --labels '%s' --version %s --seed %d", mode, o.labels, o.version, o.seed)
}

// conclude turns what a run left into the exit code, and says last where everything lies. A scenario that ended as it has
// to counts as valid: a negative control, or a known bug, has to be caught.
func conclude(dir string, trouble error) error {
	run, err := reports.ReadRun(dir)
	if err != nil {
		if trouble != nil {
			err = fmt.Errorf("%w (before that: %w)", err, trouble)
		}
		return exitError{exitInconclusive, fmt.Errorf("INCONCLUSIVE: nothing was judged: %w. What there is lies in %s", err, dir)}
	}
	outcome := run.Outcome()
	if trouble != nil {
		outcome = verify.Worst(outcome, verify.Inconclusive)
	}
	for _, e := range run.Experiments {
		if said := e.Said(); said != "" {
			fmt.Println(said)
		}
	}
	switch outcome {
	case verify.Valid:
		fmt.Printf("AS EXPECTED: %d experiments. Report: %s\n", len(run.Experiments), dir)
		return nil
	case verify.Violated:
		return exitError{exitViolated, fmt.Errorf("VIOLATED. Evidence: %s", dir)}
	default:
		return exitError{exitInconclusive, fmt.Errorf("INCONCLUSIVE. Evidence: %s", dir)}
	}
}
