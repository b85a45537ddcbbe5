//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rmqproof/rmqproof/chaos/node"
)

// newNodeCommand runs the node helper inside a privileged pod.
func newNodeCommand() *cobra.Command {
	var listen, proc string
	var balloon, burn bool
	var lease, deadline time.Duration
	c := &cobra.Command{
		Use: "node", Short: "Run the node helper, inside a privileged pod on the node of a target", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if balloon {
				return node.Balloon(bufio.NewReader(cmd.InOrStdin()))
			}
			if burn {
				return node.Fire(cmd.InOrStdin())
			}
			token := os.Getenv("RMQPROOF_TOKEN")
			if token == "" {
				return exitError{exitUsage, errors.New("RMQPROOF_TOKEN is empty: whoever reaches the helper's port could stop any process of the node")}
			}
			helper := node.New(node.Verbs(proc), lease)
			ctx, end := context.WithCancel(cmd.Context())
			defer end()
			both, ctx := errgroup.WithContext(ctx)
			both.Go(func() error { return serve(ctx, listen, helper.Handler(token)) })
			both.Go(func() error {
				defer end() // the helper has undone everything: nothing is left to serve
				return helper.Keep(ctx, deadline)
			})
			return both.Wait()
		},
	}
	c.Flags().BoolVar(&balloon, "balloon", false, "take memory and hold it: what the helper starts in a container's control group")
	c.Flags().BoolVar(&burn, "burn", false, "take a core: what the helper starts in a container's control group")
	c.Flags().StringVar(&listen, "listen", ":8091", "where to serve the HTTP API")
	c.Flags().StringVar(&proc, "proc", "/proc", "where the node's processes are mounted")
	c.Flags().DurationVar(&lease, "lease", 30*time.Second, "silence of the runner after which everything is undone")
	c.Flags().DurationVar(&deadline, "deadline", 2*time.Hour, "time after which everything is undone in any case")
	return c
}
