//go:build linux

package main

import (
	"path/filepath"

	"github.com/rmqproof/rmqproof/fixtures/csi"
	"github.com/spf13/cobra"
)

// newCSICommand runs the CSI driver inside a privileged pod on each node.
func newCSICommand() *cobra.Command {
	var o csi.Options
	c := &cobra.Command{
		Use: "csi", Short: "Run the CSI driver of test clusters, inside a privileged pod on each node", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Socket, _ = filepath.Abs(o.Socket) // fails only where there is no working folder
			return csi.Serve(cmd.Context(), o)
		},
	}
	c.Flags().StringVar(&o.Dir, "dir", "/shared/csi", "folder of the volumes, the same on every node")
	c.Flags().StringVar(&o.Node, "node", "", "name of this node")
	c.Flags().StringVar(&o.Socket, "socket", "/csi/csi.sock", "where to answer")
	c.Flags().StringVar(&o.Register, "register", "", "the kubelet's folder of plugins; empty: answer the sidecars alone")
	c.Flags().StringVar(&o.Reached, "reached", "", "the socket as the kubelet sees it")
	c.Flags().StringVar(&o.Format, "format", "", "file system for volumes that ask for none: xfs or ext4; empty: xfs where it can be made")
	c.Flags().StringVar(&o.Tools, "tools", "", "root folder of mkfs and e2fsck; empty: this process's own")
	_ = c.MarkFlagRequired("node") // fails only for a flag that there is none of
	return c
}
