//go:build !agent

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/spf13/cobra"
)

// The rolling upgrade's start, which every other experiment runs on too, and its end.
const (
	defaultVersion = "5.1.0"
	upgradeTo      = "5.2.0"
)

// suiteTimeout bounds a whole suite; Ginkgo's own default of 1 h would cut a night's run short.
const suiteTimeout = 4 * time.Hour

type e2eOptions struct {
	labels, out, version string
	seed                 int64
	keep, control        bool
}

func newE2ECommand() *cobra.Command {
	o := &e2eOptions{}
	cmd := &cobra.Command{
		Use:   "e2e",
		Short: "Stand up a real cluster, disturb it under load, and judge what it kept",
		Long: `Stand up an engine, images, a kind cluster and RocketMQ, run a load, inject one fault after another, and judge each.

Exit code: 0 every claim held, 1 a claim was violated, 2 inconclusive (also: nothing ran, or the cluster never came up), 64 usage.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringVar(&o.labels, "labels", "!control", "Ginkgo label filter: smoke, pod, nameserver, node, upgrade, storage, control")
	f.StringVar(&o.out, "out", filepath.Join("reports", "out"), "folder in which the run's folder is made")
	f.StringVar(&o.version, "version", defaultVersion, "RocketMQ version to deploy")
	f.Int64Var(&o.seed, "seed", 0, "seed of every random choice (0: take one and print it)")
	f.BoolVar(&o.control, "control", false, "run only the weak configuration that must be caught losing; exit code 0 when it was")
	f.BoolVar(&o.keep, "keep", false, "leave the cluster running")
	return cmd
}

func (o *e2eOptions) run(ctx context.Context) error {
	root, err := sourceRoot()
	if err != nil {
		return exitError{exitUsage, err}
	}
	if err := checkVersion(ctx, o.version); err != nil {
		return err
	}
	if o.control {
		o.labels = "control"
	}
	if o.seed == 0 {
		o.seed = time.Now().UnixNano() % 1_000_000
	}
	dir, err := o.runDir()
	if err != nil {
		return err
	}
	progress.Say(ctx, "seed %d, report in %s", o.seed, dir)
	binary, err := buildSuites(ctx, root)
	if err != nil {
		return err
	}
	suites := o.runSuites(ctx, binary, dir)
	if o.control {
		return concludeControl(dir, suites)
	}
	return conclude(dir, suites)
}

func (o *e2eOptions) runDir() (string, error) {
	id := time.Now().UTC().Format("20060102-150405") + "-" + strconv.FormatInt(o.seed, 10)
	dir, err := filepath.Abs(filepath.Join(o.out, id))
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// buildSuites compiles the specs, so that a signal reaches the process that runs them and nothing between.
func buildSuites(ctx context.Context, root string) (string, error) {
	step := progress.Start(ctx, "compile the suites")
	binary := filepath.Join(root, "bin", "suites.test")
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-tags", "e2e", "-ldflags=-s -w", "-o", binary, "./suites")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", step.Done(fmt.Errorf("%s: %w\n%s", cmd, err, out))
	}
	return binary, step.Done(nil)
}

func (o *e2eOptions) runSuites(ctx context.Context, binary, dir string) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), binary, // told once, below, they clean up by themselves
		"--ginkgo.label-filter="+o.labels, "--ginkgo.seed="+strconv.FormatInt(o.seed, 10),
		"--ginkgo.timeout="+suiteTimeout.String(), "--ginkgo.grace-period=3m", "--ginkgo.fail-on-empty",
		"--ginkgo.junit-report="+filepath.Join(dir, "specs.xml"), "--ginkgo.succinct")
	cmd.Dir, cmd.Stdout, cmd.Stderr = filepath.Dir(filepath.Dir(binary)), os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(),
		"RMQPROOF_RUN_DIR="+dir, "RMQPROOF_VERSION="+o.version, "RMQPROOF_UPGRADE_TO="+upgradeTo,
		"RMQPROOF_RERUN="+o.rerun(), "RMQPROOF_KEEP="+strconv.FormatBool(o.keep))
	// A group of their own, so that Ctrl-C reaches them through us alone: Ginkgo's answer to it is hundreds of lines of stacks,
	// and to a second one, no cleanup.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() {
		progress.Say(ctx, "interrupted: what was disturbed is healed, what was recorded is judged and kept, and what was begun is taken down; a minute or so")
		_ = cmd.Process.Signal(syscall.SIGUSR2)
	})
	defer stop()
	return cmd.Wait()
}

func (o *e2eOptions) rerun() string {
	if o.control {
		return fmt.Sprintf("make control SEED=%d", o.seed)
	}
	return fmt.Sprintf("make e2e LABELS='%s' VERSION=%s SEED=%d", o.labels, o.version, o.seed)
}

// conclude turns what the suites left into the exit code, and says last where everything lies.
func conclude(dir string, suites error) error {
	run, err := readRun(dir, suites)
	if err != nil {
		return err
	}
	verdict := run.Verdict()
	if suites != nil && verdict == verify.Valid {
		verdict = verify.Inconclusive
	}
	switch verdict {
	case verify.Valid:
		fmt.Printf("VALID: %d experiments. Report: %s\n", len(run.Experiments), dir)
		return nil
	case verify.Violated:
		return exitError{exitViolated, fmt.Errorf("VIOLATED. Evidence: %s", dir)}
	default:
		return exitError{exitInconclusive, fmt.Errorf("INCONCLUSIVE. Evidence: %s", dir)}
	}
}

// concludeControl inverts the verdict: only a control that was caught losing is a success.
func concludeControl(dir string, suites error) error {
	run, err := readRun(dir, suites)
	if err != nil {
		return err
	}
	switch {
	case suites == nil && run.Verdict() == verify.Violated:
		fmt.Printf("CAUGHT: the control was judged violated, as it must be. Report: %s\n", dir)
		return nil
	case run.Verdict() == verify.Valid:
		return exitError{exitViolated, fmt.Errorf("THE CONTROL WAS JUDGED VALID: no verdict of this build can be believed. Evidence: %s", dir)}
	default:
		return exitError{exitInconclusive, fmt.Errorf("INCONCLUSIVE: the control was not seen to lose an acknowledged message. Evidence: %s", dir)}
	}
}

func readRun(dir string, suites error) (reports.Run, error) {
	run, err := reports.ReadRun(dir)
	if err != nil {
		if suites != nil {
			err = fmt.Errorf("the specs failed before that (%w), the reason stands above", suites)
		}
		err = exitError{exitInconclusive, fmt.Errorf("INCONCLUSIVE: nothing was judged: %w. What there is lies in %s", err, dir)}
	}
	return run, err
}
