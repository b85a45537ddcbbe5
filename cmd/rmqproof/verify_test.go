//go:build !agent

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rmqproof/rmqproof/reports/certificate"
)

// Whoever names the folder of a run means the certificate in it; a bundle of its own wins over a folder within.
func TestBundleOfARun(t *testing.T) {
	run, none := t.TempDir(), t.TempDir()
	bundle := filepath.Join(run, bundleName)
	place := func(folder string) {
		t.Helper()
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, certificate.CertificateFile), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	place(bundle)
	for _, tt := range []struct{ given, want string }{{run, bundle}, {bundle, bundle}, {none, none}, {run + ".tar.gz", run + ".tar.gz"}} {
		if got := bundleAt(tt.given); got != tt.want {
			t.Errorf("bundleAt(%s) = %s, want %s", tt.given, got, tt.want)
		}
	}
	if place(run); bundleAt(run) != run {
		t.Errorf("bundleAt = %s, want the bundle itself", bundleAt(run))
	}
}
