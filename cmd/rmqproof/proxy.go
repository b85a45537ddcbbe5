//go:build linux

package main

import (
	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/workload/health"
)

// newProxyCommand holds what runs beside a proxy: its container's probes.
func newProxyCommand() *cobra.Command {
	c := &cobra.Command{Use: "proxy", Short: "Probe one proxy"}
	c.AddCommand(
		newAddressProbe("live", "Exit 0 when the proxy answers a question for a route", "127.0.0.1:8080", health.ProxyLive),
		newAddressProbe("ready", "Exit 0 when the proxy knows brokers", "127.0.0.1:8080", health.ProxyReady),
	)
	return c
}
