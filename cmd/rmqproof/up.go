//go:build !agent

package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/fixtures/testbed"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/spf13/cobra"
)

func newUpCommand() *cobra.Command {
	topology, mode := rocketmq.Topology{}, ""
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Bring up a kind cluster of our own with RocketMQ on it, and leave it running",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOverlay(&topology.Overlay, mode); err != nil {
				return exitError{exitUsage, err}
			}
			if err := checkVersions(cmd.Context(), topology.Version); err != nil {
				return err
			}
			if err := catalog.Has(topology.Version, topology.Overlay); err != nil {
				return exitError{exitUsage, err}
			}
			bed, err := bringUp(cmd.Context(), topology.Version, catalog.Default.To)
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
	cmd.Flags().StringVar(&mode, "mode", "", "the same as --overlay")
	return cmd
}

// bringUp makes engine, images and cluster; a variable, so that no test of the command line can reach a real one.
var bringUp = testbed.Up

// oneOverlay takes a mode for the overlay, and refuses what is none.
func oneOverlay(overlay *string, mode string) error {
	if mode != "" && *overlay != rocketmq.OverlayKind && mode != *overlay {
		return fmt.Errorf("--overlay %s and --mode %s are the same flag: give one of them", *overlay, mode)
	}
	*overlay = cmp.Or(mode, *overlay)
	if known := rocketmq.Overlays(); !slices.Contains(known, *overlay) {
		return fmt.Errorf("there is no overlay %q: there are %s", *overlay, strings.Join(known, ", "))
	}
	return nil
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
