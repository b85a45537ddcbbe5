package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// newInstallCommand copies this binary, for an image without a shell: an init container puts it beside a broker.
func newInstallCommand() *cobra.Command {
	return &cobra.Command{
		Use: "install PATH", Short: "Copy this binary to PATH", Args: cobra.ExactArgs(1),
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

// installAs writes beside the target first, so that nobody sees half a binary.
func installAs(self, path string) error {
	in, err := os.Open(self)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(path), ".install-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // gone already when all went well
	_, err = io.Copy(out, in)
	err = errors.Join(err, out.Chmod(0o755), out.Close())
	if err != nil {
		return err
	}
	return os.Rename(out.Name(), path)
}
