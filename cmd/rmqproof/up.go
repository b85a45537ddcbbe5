//go:build !agent

package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/fixtures/testbed"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/spf13/cobra"
)

func newUpCommand() *cobra.Command {
	topology := rocketmq.Topology{}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Bring up a kind cluster of our own with RocketMQ on it, and leave it running",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(checkVersions(cmd.Context(), topology.Version), catalog.Has(topology.Version, topology.Overlay)); err != nil {
				return err
			}
			bed, err := testbed.Up(cmd.Context(), topology.Version, catalog.Default.To)
			if err != nil {
				return err
			}
			rmq, err := bed.Deploy(cmd.Context(), topology)
			if err != nil {
				return err
			}
			fmt.Printf("RocketMQ %s is up. Look at it with:\n  kubectl --kubeconfig %s -n %s get pods -o wide\nTake it down with:\n  make down\n",
				topology.Version, bed.Kubeconfig, rmq.Namespace())
			return nil
		},
	}
	cmd.Flags().StringVar(&topology.Version, "version", catalog.Default.From, "RocketMQ version")
	cmd.Flags().StringVar(&topology.Overlay, "overlay", rocketmq.OverlayKind, "bundled overlay: "+strings.Join(rocketmq.Overlays(), ", "))
	cmd.Flags().StringVar(&topology.Overlay, "mode", rocketmq.OverlayKind, "the same as --overlay")
	return cmd
}

func newDownCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "Take down the kind cluster that up or e2e made; images stay cached",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return kindcluster.Down(cmd.Context(), kindcluster.Options{})
		},
	}
}
