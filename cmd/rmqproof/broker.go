//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/health"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// newBrokerCommand holds what runs beside a broker: its container's probes.
func newBrokerCommand() *cobra.Command {
	c := &cobra.Command{Use: "broker", Short: "Probe one broker: is it live, is it ready, what does it say of itself"}
	c.AddCommand(newBrokerLive(), newBrokerReady(), newBrokerStatus())
	return c
}

func newNameServerCommand() *cobra.Command {
	c := &cobra.Command{Use: "nameserver", Short: "Probe one NameServer"}
	var address string
	var timeout time.Duration
	ready := &cobra.Command{
		Use: "ready", Short: "Exit 0 when the NameServer answers with its list of brokers", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return probe(cmd.Context(), timeout, func(ctx context.Context) error { return health.NameServerReady(ctx, address) })
		},
	}
	ready.Flags().StringVar(&address, "address", "127.0.0.1:9876", "where the NameServer listens")
	ready.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "how long it may take")
	c.AddCommand(ready)
	return c
}

func newBrokerLive() *cobra.Command {
	var address string
	var timeout time.Duration
	c := &cobra.Command{
		Use: "live", Short: "Exit 0 when the broker answers a request", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return probe(cmd.Context(), timeout, func(ctx context.Context) error { return health.Live(ctx, address) })
		},
	}
	c.Flags().StringVar(&address, "address", "127.0.0.1:10911", "where the broker listens")
	c.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "how long it may take")
	return c
}

func newBrokerReady() *cobra.Command {
	var conf string
	var timeout time.Duration
	c := &cobra.Command{
		Use: "ready", Args: cobra.NoArgs,
		Short: "Exit 0 when the broker is registered and, as a master, acknowledges a message, or, as a slave, replicates",
		RunE: func(cmd *cobra.Command, _ []string) error {
			self, err := health.ReadConf(conf)
			if err != nil {
				return exitError{exitViolated, err}
			}
			return probe(cmd.Context(), timeout, func(ctx context.Context) error { return health.Ready(ctx, self) })
		},
	}
	c.Flags().StringVar(&conf, "conf", "/etc/rocketmq/broker.conf", "the broker's configuration file")
	c.Flags().DurationVar(&timeout, "timeout", 4*time.Second, "how long it may take")
	return c
}

func newBrokerStatus() *cobra.Command {
	var address string
	var asJSON bool
	c := &cobra.Command{
		Use: "status", Short: "Print what a broker says of its version, configuration and replication", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return probe(cmd.Context(), 5*time.Second, func(ctx context.Context) error {
				return printStatus(ctx, address, asJSON)
			})
		},
	}
	c.Flags().StringVar(&address, "address", "127.0.0.1:10911", "where the broker listens")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func printStatus(ctx context.Context, address string, asJSON bool) error {
	d := &cluster.View{Client: &remoting.Client{}}
	defer d.Client.Close()
	b, err := d.Status(ctx, address)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(b)
	}
	fmt.Printf("%s/%d %s %s at %s, replication connected: %t\n", b.Group, b.ID, b.Role, b.Version, b.Address, b.Connected)
	return nil
}

// probe runs one check in its time and turns a failure into exit code 1, which is what kubelet expects.
func probe(ctx context.Context, timeout time.Duration, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := check(ctx); err != nil {
		return exitError{exitViolated, err}
	}
	return nil
}
