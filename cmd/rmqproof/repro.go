//go:build !agent

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/suites/lab"
	"github.com/rmqproof/rmqproof/verify"
)

type reproOptions struct {
	e2e           e2eOptions
	format        string
	times         int
	list, redOnly bool
}

func newReproCommand() *cobra.Command {
	o := &reproOptions{}
	c := &cobra.Command{
		Use:   "repro BUG",
		Short: "Show a known bug of RocketMQ: red on a version that has it, green on one that has not",
		Long: `Run the same scenario on a version of RocketMQ that has a known bug and on one that has not. rmqproof repro --list names the bugs.

Exit code: 0 the bug was shown on the one and was not there on the other, 1 or 2 it was not shown so, 64 usage.`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.list {
				return o.print(cmd.OutOrStdout())
			}
			return o.run(cmd.Context(), args)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.list, "list", false, "list the bugs; nothing is started")
	f.StringVarP(&o.format, "output", "o", "text", "of --list: text or json")
	f.BoolVar(&o.redOnly, "red-only", false, "leave the green version out")
	f.IntVar(&o.times, "times", 1, "how often to run each version; the rate is printed")
	f.StringVar(&o.e2e.out, "out", filepath.Join("reports", "out"), "folder in which the run's folder is made")
	f.Int64Var(&o.e2e.seed, "seed", 0, "seed of every random choice (0: take one and print it)")
	f.BoolVar(&o.e2e.keep, "keep", false, "leave the cluster running")
	return c
}

func (o *reproOptions) run(ctx context.Context, args []string) error {
	bug, err := namedBug(args)
	if err != nil {
		return exitError{exitUsage, err}
	}
	if o.times < 1 {
		return exitError{exitUsage, fmt.Errorf("--times is %d, and has to be at least 1", o.times)}
	}
	if o.e2e.seed == 0 {
		o.e2e.seed = time.Now().UnixNano() % 1_000_000
	}
	dir, err := o.e2e.runDir()
	if err != nil {
		return err
	}
	progress.Say(ctx, "#%s: red %s, green %s, seed %d, report in %s", bug.ID, bug.Red, bug.Green, o.e2e.seed, dir)
	ended := o.e2e.perform(ctx, lab.Options{Dir: dir, Version: bug.Red, UpgradeTo: bug.Green, Seed: o.e2e.seed, Keep: o.e2e.keep,
		Rerun: fmt.Sprintf("rmqproof repro %s --seed %d", bug.ID, o.e2e.seed), Title: "#" + bug.ID + ": " + bug.Title}, o.schedule(bug))
	told, err := tell(dir, bug)
	if err == nil {
		fmt.Println(told)
	}
	return conclude(dir, ended)
}

// schedule is what is run, in order: a version's runs stand together.
func (o *reproOptions) schedule(bug catalog.Bug) (all []scenario.Scenario) {
	for _, side := range bug.Sides() {
		if o.redOnly && side.Expect.Zero() {
			continue
		}
		for n := range o.times {
			again := side
			if n > 0 {
				again.Name += "-" + strconv.Itoa(n+1)
			}
			all = append(all, again)
		}
	}
	return all
}

// tell says how often each version did what is known of it.
func tell(dir string, bug catalog.Bug) (string, error) {
	run, err := reports.ReadRun(dir)
	if err != nil {
		return "", err
	}
	var red, reds, green, greens int
	for _, e := range run.Experiments {
		outcome, _ := e.Outcome()
		n, of := &green, &greens
		if strings.HasPrefix(e.Name, bug.ID+"-red") {
			n, of = &red, &reds
		}
		*of++
		if outcome == verify.Valid {
			*n++
		}
	}
	told := fmt.Sprintf("#%s (%s): red %d of %d on %s, green %d of %d on %s", bug.ID, bug.By, red, reds, bug.Red, green, greens, bug.Green)
	if red < reds || reds == 0 {
		told += fmt.Sprintf("\nGREY: the bug was not shown on %s: %s was not violated in each run", bug.Red, bug.By)
	}
	return told, nil
}
