//go:build !linux

package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

// inside answers in place of the commands that run inside the cluster: they act on Linux, and their image brings a binary for it.
func inside() []*cobra.Command {
	var all []*cobra.Command
	for _, name := range []string{"agent", "broker", "nameserver", "controller", "proxy", "install", "node", "csi", "store"} {
		all = append(all, &cobra.Command{
			Use: name, Short: "Runs inside the cluster, on Linux alone", Hidden: true, DisableFlagParsing: true,
			RunE: func(*cobra.Command, []string) error {
				return exitError{exitUsage, fmt.Errorf("%s runs inside the cluster, on Linux: this command is for %s/%s, and there the agent's image has its own",
					name, runtime.GOOS, runtime.GOARCH)}
			},
		})
	}
	return all
}
