//go:build !agent

package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rmqproof/rmqproof/reports"
	"github.com/spf13/cobra"
)

func newReportCommand() *cobra.Command {
	var table, matrix bool
	c := &cobra.Command{
		Use:   "report DIR...",
		Short: "Draw the report of a saved run or experiment again, offline",
		Long: `Draw the report of a saved run or experiment again: timeline.html, timeline.svg, index.html, summary.md and junit.xml.

DIR is a run's folder or the folder of one of its experiments. Everything is drawn from the history and verdict.json
that lie there; nothing is judged again (rmqproof judge does that), and no network is used.

Exit code: 0 drawn, whatever the verdict; 64 usage; 65 what was saved cannot be read.`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if table && matrix {
				return exitError{exitUsage, errors.New("--table is of one run and --matrix of several: give one of them")}
			}
			if matrix {
				return printMatrix(cmd.OutOrStdout(), args)
			}
			if len(args) > 1 {
				return exitError{exitUsage, errors.New("several folders make a --matrix; a report is drawn of one")}
			}
			if table {
				return printTable(cmd.OutOrStdout(), args[0])
			}
			page, verdict, err := reports.Redraw(args[0])
			if errors.Is(err, reports.ErrUnreadable) {
				return exitError{exitUnreadable, err}
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s. Report: %s\n", strings.ToUpper(string(verdict)), page)
			return err
		},
	}
	c.Flags().BoolVar(&table, "table", false, "print a run's experiments as a Markdown table, and draw nothing")
	c.Flags().BoolVar(&matrix, "matrix", false, "print what several runs say of each scenario under each version of RocketMQ, as a Markdown table, and draw nothing")
	return c
}

func printTable(out io.Writer, dir string) error {
	run, err := reports.ReadRun(dir)
	if err != nil {
		return exitError{exitUnreadable, err}
	}
	_, err = fmt.Fprint(out, run.Table())
	return err
}

func printMatrix(out io.Writer, dirs []string) error {
	var runs []reports.Run
	for _, dir := range dirs {
		run, err := reports.ReadRun(dir)
		if err != nil {
			return exitError{exitUnreadable, err}
		}
		runs = append(runs, run)
	}
	_, err := fmt.Fprint(out, reports.Matrix(runs))
	return err
}
