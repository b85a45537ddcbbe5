//go:build linux

package main

import (
	"os"

	"github.com/rmqproof/rmqproof/fixtures/backup/archive"
	"github.com/spf13/cobra"
)

// newStoreCommand hands a broker's store out, or takes one in, inside a Job of a backup or of a restoration.
func newStoreCommand() *cobra.Command {
	var dir, listen string
	c := &cobra.Command{
		Use: "store", Short: "Hand a broker's store out once, or take one in, inside a Job of backup or restore", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return archive.Serve(cmd.Context(), listen, dir, os.Getenv(archive.SecretVariable))
		},
	}
	c.Flags().StringVar(&dir, "dir", "/store", "folder of the store")
	c.Flags().StringVar(&listen, "listen", ":8092", "where to answer")
	return c
}
