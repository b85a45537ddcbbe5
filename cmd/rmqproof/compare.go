//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/reports/certificate"
	"github.com/rmqproof/rmqproof/reports/wording"
)

func newCompareCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "compare OLDER NEWER",
		Short: "Put two certificates side by side: what got worse stands first",
		Long: `Put two certificates of the same profile side by side, of two versions of a configuration or of RocketMQ: broken
promises, verdicts, lost messages, demands, promises, recovery times, recovery points and outages. A time counts as worse
where it is longer by more than a quarter and by more than 2 s: less differs from run to run. Both are verified first.

Exit code: 0 nothing got worse, 1 something did, 64 usage or two profiles, 65 one was refused.`,
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			both, err := checkedBoth(cmd.Context(), args)
			if err != nil {
				return exitError{exitUnreadable, err}
			}
			changes, err := certificate.Compare(both[0], both[1])
			if err != nil {
				return exitError{exitUsage, err}
			}
			worse := 0
			for _, c := range changes {
				word := "better"
				if c.Worse {
					word, worse = "WORSE", worse+1
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\t%s: %s -> %s\n", word, c.Scenario, c.What, wording.Printable(c.Before), wording.Printable(c.After))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d got worse, %d better\n", worse, len(changes)-worse)
			if worse > 0 {
				return exitError{exitViolated, errors.New("")}
			}
			return nil
		},
	}
}

func checkedBoth(ctx context.Context, paths []string) (both []certificate.Certificate, err error) {
	for _, path := range paths {
		got, err := certificate.Check(ctx, bundleAt(path), certificate.Checks{Profiles: knownProfile})
		if err != nil {
			return nil, err
		}
		both = append(both, got.Certificate)
	}
	return both, nil
}
