//go:build !agent

package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/suites/lab"
)

func newSelfTestCommand() *cobra.Command {
	var keep bool
	c := &cobra.Command{
		Use:   "selftest",
		Short: "Show on a real cluster that no fault is confirmed where nothing is done",
		Long: `Show on a real cluster that no fault is confirmed where nothing is done: each fault acts through an API that drops what
it writes, and its confirmation has to fail. Exit code: 0 every one failed, 1 one held, 2 the cluster did not come up.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			dir, err := os.MkdirTemp("", "rmqproof-selftest")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			l, err := lab.Open(cmd.Context(), lab.Options{Dir: filepath.Clean(dir), Version: catalog.Default.From, UpgradeTo: catalog.Default.To, Keep: keep})
			if err != nil {
				return err
			}
			if failed := l.SelfTest(cmd.Context()); failed != nil {
				return exitError{exitViolated, errors.Join(failed, l.Close(cmd.Context()))}
			}
			return l.Close(cmd.Context())
		},
	}
	c.Flags().BoolVar(&keep, "keep", false, "leave the cluster running")
	return c
}
