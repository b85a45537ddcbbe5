//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
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
)

type reproOptions struct {
	e2e           e2eOptions
	format        string
	times         int
	list, redOnly bool
	bisect, brief bool
	table         []string
}

func newReproCommand() *cobra.Command {
	o := &reproOptions{}
	c := &cobra.Command{
		Use:   "repro BUG|all",
		Short: "Show a known bug of RocketMQ: red on a version that has it, green on one that has not",
		Long: `Run the same scenario on a version of RocketMQ that has a known bug and on one that has not. rmqproof repro --list names the bugs; all runs
each of them.

Exit code: 0 the bug was shown on the one and was not there on the other, 1 or 2 it was not shown so, 64 usage.`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return o.do(cmd, args) },
	}
	f := c.Flags()
	f.BoolVar(&o.list, "list", false, "list the bugs; nothing is started")
	f.StringVarP(&o.format, "output", "o", "text", "of --list: text or json")
	f.StringSliceVar(&o.table, "table", nil, "print the track record in Markdown as these runs' folders tell it; nothing is started")
	f.BoolVar(&o.brief, "brief", false, "of --table: bug, versions and rates alone, as the README has them")
	f.BoolVar(&o.redOnly, "red-only", false, "leave the green version out")
	f.BoolVar(&o.bisect, "bisect", false, "run each version that can be had, oldest first, and say which has the bug")
	f.IntVar(&o.times, "times", 1, "how often to run each version; the rate is printed")
	f.StringVar(&o.e2e.out, "out", filepath.Join("reports", "out"), "folder in which the run's folder is made")
	f.Int64Var(&o.e2e.seed, "seed", 0, "seed of every random choice (0: take one and print it)")
	f.BoolVar(&o.e2e.keep, "keep", false, "leave the cluster running")
	return c
}

// do lists, prints or runs, whichever the flags say.
func (o *reproOptions) do(cmd *cobra.Command, args []string) error {
	switch {
	case cmd.Flags().Changed("output") && !o.list:
		return exitError{exitUsage, errors.New("--output is of --list")}
	case o.brief && len(o.table) == 0:
		return exitError{exitUsage, errors.New("--brief is of --table, which names the runs' folders")}
	case o.list:
		return o.print(cmd.OutOrStdout(), args)
	case len(o.table) > 0:
		return trackRecord(cmd.OutOrStdout(), o.table, o.brief)
	}
	return o.run(cmd.Context(), args)
}

func (o *reproOptions) run(ctx context.Context, args []string) error {
	bugs, err := namedBugs(args)
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
	var all []scenario.Scenario
	for _, bug := range bugs {
		all = append(all, o.schedule(bug)...)
	}
	progress.Say(ctx, "%d scenarios on RocketMQ %s, seed %d, report in %s", len(all), strings.Join(catalog.Needed(all), ", "), o.e2e.seed, dir)
	_, ended := perform(ctx, lab.Options{Dir: dir, Version: bugs[0].Red, UpgradeTo: bugs[0].Green, Also: catalog.Needed(all), Seed: o.e2e.seed,
		Keep: o.e2e.keep, Rerun: o.again(args[0]), Title: "track record: " + args[0]}, all)
	if o.bisect {
		return concludeBisect(os.Stdout, dir, bugs, ended)
	}
	if told, err := tell(dir, bugs); err == nil {
		fmt.Print(told)
	}
	return conclude(dir, ended)
}

// again is the command that does the same once more.
func (o *reproOptions) again(what string) string {
	return fmt.Sprintf("rmqproof repro %s --times %d --red-only=%t --bisect=%t --seed %d", what, o.times, o.redOnly, o.bisect, o.e2e.seed)
}

// schedule is what is run, in order: a version's runs stand together.
func (o *reproOptions) schedule(bug catalog.Bug) (all []scenario.Scenario) {
	sides := bug.Sides()
	if o.bisect {
		sides = everywhere(bug)
	}
	for _, side := range sides {
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
func tell(dir string, bugs []catalog.Bug) (told string, err error) {
	run, err := reports.ReadRun(dir)
	if err != nil {
		return "", err
	}
	for _, bug := range bugs {
		red, green := rates(bug, []reports.Run{run})
		told += fmt.Sprintf("%s (%s): red %s on %s, green %s on %s\n", bug.Called(), bug.By, red, bug.Red, green, bug.Mended())
		if red.shown < red.of || red.of == 0 {
			told += fmt.Sprintf("GREY: %s was not shown on %s: %s was not violated in each run\n", bug.Called(), bug.Red, bug.By)
		}
	}
	return told, nil
}
