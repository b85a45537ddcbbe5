//go:build !agent

package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/history"
)

func newHistoryCommand() *cobra.Command {
	c := &cobra.Command{Use: "history", Short: "Work with a run's recorded history"}
	c.AddCommand(&cobra.Command{
		Use:   "convert IN OUT",
		Short: "Convert a history: to JSON Lines where OUT ends in .jsonl, to the compressed binary form where it ends in .rmqh",
		Args:  usageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			defer stillAt(cmd.Context(), "converting "+args[0])()
			err := history.Convert(args[0], args[1])
			switch {
			case errors.Is(err, history.ErrName):
				return exitError{exitUsage, err}
			case err != nil:
				return exitError{exitUnreadable, err}
			}
			return nil
		},
	}, &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the lines of the JSON Lines form",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(cmd.OutOrStdout(), history.Schema)
			return err
		},
	})
	return c
}
