//go:build !agent

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/reports/certificate"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/verify"
)

func newVerifyCommand() *cobra.Command {
	var keyFile string
	c := &cobra.Command{
		Use:   "verify BUNDLE",
		Short: "Check a certificate without a cluster: digests, signature, and every history judged again",
		Long: `Check a certificate, a folder, its .tar.gz or the folder of the run that made it, without a cluster and without a network: every file's digest, the
signature, and every history judged again by the profile's claims. With --key the signature has to be this key's. Without
it the bundle's own key will do, which shows that nothing was changed since it was signed, and not by whom.

Exit code: 0 it is whole, and certified; 1 it is whole, and says that a claim, a promise or a demand was broken; 2 a
scenario is missing, skipped or inconclusive, so that it certifies nothing; 64 usage; 65 refused: it was changed, it is no
certificate, or this rmqproof does not know its profile.`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			checks := certificate.Checks{Profiles: knownProfile}
			if keyFile != "" {
				raw, err := os.ReadFile(keyFile)
				if err == nil {
					checks.Key, err = certificate.ReadPublicKey(raw)
				}
				if err != nil {
					return exitError{exitUsage, fmt.Errorf("--key %s: %w", keyFile, err)}
				}
			}
			bundle := bundleAt(args[0])
			defer stillAt(cmd.Context(), "verifying "+bundle)()
			got, err := certificate.Check(cmd.Context(), bundle, checks)
			if err != nil {
				return exitError{exitUnreadable, err}
			}
			return sayVerified(cmd.OutOrStdout(), got)
		},
	}
	c.Flags().StringVar(&keyFile, "key", "", "public key whose signature the certificate has to bear")
	return c
}

// bundleAt is path, or the certificate in it where path is the folder of a run.
func bundleAt(path string) string {
	if _, err := os.Stat(filepath.Join(path, certificate.CertificateFile)); err == nil {
		return path
	}
	within := filepath.Join(path, bundleName)
	if _, err := os.Stat(filepath.Join(within, certificate.CertificateFile)); err == nil {
		return within
	}
	return path
}

// sayVerified prints what was found; the certificate's own words come last.
func sayVerified(out io.Writer, got certificate.Checked) error {
	c := got.Certificate
	signed := "signed by " + got.SignedBy
	switch {
	case got.SignedBy == "":
		signed = "NOT SIGNED: anybody may have made it"
	case !got.KeyGiven:
		signed += ", a key that lies in the bundle: whose it is only --key can tell"
	}
	if _, err := fmt.Fprintf(out, "whole: every digest fits, and every history, judged again, shows what the certificate says; %s\n%s", signed, c.Text()); err != nil {
		return err
	}
	return certifiedError(c)
}

// certifiedError turns a certificate into an exit code; its text has said the rest.
func certifiedError(c certificate.Certificate) error {
	switch {
	case c.Certified:
		return nil
	case c.Verdict == verify.Violated:
		return exitError{exitViolated, errors.New("")}
	}
	return exitError{exitInconclusive, errors.New("")}
}

// knownProfile is the catalogue's profile as a certificate is held against it.
func knownProfile(id certificate.ProfileID) (certificate.Profile, error) {
	p, err := catalog.Find(id.Name, id.Version)
	if err != nil {
		return certificate.Profile{}, err
	}
	all, err := p.Scenarios(catalog.Versions{From: id.RocketMQ, To: id.UpgradeTo})
	if err != nil {
		return certificate.Profile{}, err
	}
	out := certificate.Profile{ID: id}
	for i, s := range all {
		out.Members = append(out.Members, certificate.Member{Name: s.Name, Title: s.Title, Failure: p.Members[i].Failure, Claims: s.Claims, Faults: s.Faults()})
	}
	return out, nil
}
