//go:build !agent

package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/reports/certificate"
)

func newKeygenCommand() *cobra.Command {
	var kind, out string
	c := &cobra.Command{
		Use:   "keygen",
		Short: "Make a key that signs certificates",
		Long: `Make a key that signs certificates: FILE, which only its owner may read, and FILE.pub, for those who verify. Neither is
written over a file that is there. The private key has no password: keep it where secrets are kept.

Exit code: 0 made, 2 the files cannot be written, 64 usage.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			key, err := certificate.NewKey(kind)
			if err != nil {
				return exitError{exitUsage, err}
			}
			if err := saveKey(key, out); err != nil {
				return exitError{exitInconclusive, err}
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s signs, %s.pub verifies: %s\n", out, out, key.Public().ID())
			return err
		},
	}
	c.Flags().StringVar(&kind, "type", certificate.Ed25519, certificate.Ed25519+" or "+certificate.ECDSA+" (P-256)")
	c.Flags().StringVar(&out, "out", "rmqproof.key", "file of the private key; the public one is beside it")
	return c
}

func saveKey(key *certificate.Key, path string) error {
	private, err := key.PEM()
	if err != nil {
		return err
	}
	public, err := key.Public().PEM()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path + ".pub"); err == nil {
		return fmt.Errorf("%s.pub is there already: give another --out", path)
	}
	if err := create(path, private, 0o600); err != nil {
		return err
	}
	return create(path+".pub", public, 0o644)
}

// create writes a file that must not be there yet.
func create(path string, content []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already: give another --out", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
