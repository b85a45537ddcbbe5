//go:build linux

package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/internal/await"
	"github.com/rmqproof/rmqproof/workload/health"
)

// newProxyCommand holds what runs beside a proxy: its container's probes, and the wait before it.
func newProxyCommand() *cobra.Command {
	c := &cobra.Command{Use: "proxy", Short: "Probe one proxy, or wait until one can start"}
	c.AddCommand(
		newAddressProbe("live", "Exit 0 when the proxy answers a question for a route", "127.0.0.1:8080", health.ProxyLive),
		newAddressProbe("ready", "Exit 0 when the proxy knows brokers", "127.0.0.1:8080", health.ProxyReady),
		newProxyWait(),
	)
	return c
}

func newProxyWait() *cobra.Command {
	var nameServers string
	c := &cobra.Command{
		Use: "wait", Short: "Wait until a NameServer knows a master, without which a proxy ends at its start", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			wait := await.Wait{What: "a master to be known to " + nameServers, Every: 2 * time.Second, Attempt: 5 * time.Second}
			return wait.Until(cmd.Context(), func(ctx context.Context) error { return health.KnowsMaster(ctx, nameServers) })
		},
	}
	c.Flags().StringVar(&nameServers, "namesrv", "", "the NameServers, as host:port, joined by semicolons")
	return c
}
