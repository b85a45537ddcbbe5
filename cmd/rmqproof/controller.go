//go:build linux

package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/workload/health"
)

// newControllerCommand holds what runs beside a controller that is a process of its own: its container's probes.
func newControllerCommand() *cobra.Command {
	c := &cobra.Command{Use: "controller", Short: "Probe one controller"}
	c.AddCommand(
		newControllerProbe("live", "Exit 0 when the controller answers a request about its group", health.ControllerLive),
		newControllerProbe("ready", "Exit 0 when the controller knows a leader of its group", health.ControllerReady),
	)
	return c
}

func newControllerProbe(use, short string, check func(ctx context.Context, address string) error) *cobra.Command {
	var address string
	var timeout time.Duration
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return probe(cmd.Context(), timeout, func(ctx context.Context) error { return check(ctx, address) })
		},
	}
	c.Flags().StringVar(&address, "address", "127.0.0.1:9878", "where the controller listens")
	c.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "how long it may take")
	return c
}
