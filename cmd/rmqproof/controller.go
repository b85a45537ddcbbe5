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
		newAddressProbe("live", "Exit 0 when the controller answers a request about its group", "127.0.0.1:9878", health.ControllerLive),
		newAddressProbe("ready", "Exit 0 when the controller knows a leader of its group", "127.0.0.1:9878", health.ControllerReady),
	)
	return c
}

// newAddressProbe asks one server at the address where it listens unless another is given.
func newAddressProbe(use, short, listens string, check func(ctx context.Context, address string) error) *cobra.Command {
	var address string
	var timeout time.Duration
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return probe(cmd.Context(), timeout, func(ctx context.Context) error { return check(ctx, address) })
		},
	}
	c.Flags().StringVar(&address, "address", listens, "where it listens")
	c.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "how long it may take")
	return c
}
