//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"
)

// newInstallCommand copies this binary, for an image without a shell: an init container puts it beside a broker.
func newInstallCommand() *cobra.Command {
	return &cobra.Command{
		Use: "install PATH", Short: "Copy this binary to PATH", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			self, err := os.Executable()
			if err == nil {
				err = installAs(self, args[0])
			}
			if err != nil {
				return exitError{exitViolated, fmt.Errorf("install to %s: %w", args[0], err)}
			}
			return nil
		},
	}
}

// installAs puts the whole file in place at once, so that nobody sees half a binary.
func installAs(self, path string) error {
	in, err := os.Open(self)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithStaticPermissions(0o755))
	if err != nil {
		return err
	}
	defer func() { _ = out.Cleanup() }() // nothing to do when all went well
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.CloseAtomicallyReplace()
}
