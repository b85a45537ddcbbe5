//go:build linux

package main

import "github.com/spf13/cobra"

// inside lists the commands that run inside the cluster.
func inside() []*cobra.Command {
	return []*cobra.Command{newAgentCommand(), newBrokerCommand(), newNameServerCommand(), newControllerCommand(), newProxyCommand(), newInstallCommand(), newNodeCommand(), newCSICommand(), newStoreCommand()}
}
