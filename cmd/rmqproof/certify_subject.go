//go:build !agent

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/manifests"
	"github.com/rmqproof/rmqproof/reports/certificate"
)

// bundled names the bundled overlay that lies in a folder, or "": one that differs from it by a byte is somebody else's.
func bundled(dir string) string {
	name := filepath.Base(filepath.Clean(dir))
	if !slices.Contains(rocketmq.Overlays(), name) || !unchanged(dir, name) {
		return ""
	}
	return name
}

// unchanged holds an overlay's folder, and the base and components beside it, against those in this program.
func unchanged(dir, name string) bool {
	root := filepath.Join(dir, "..", "..")
	for _, part := range []string{"base", "components", "overlays/" + name} {
		there, err := tree(os.DirFS(root), part)
		if err != nil {
			return false
		}
		here, err := tree(manifests.Files, part)
		if err != nil || !bytes.Equal(here, there) {
			return false
		}
	}
	return true
}

// tree is the digest of all names and contents below a folder.
func tree(files fs.FS, part string) ([]byte, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, part, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		fmt.Fprintf(sum, "%s\x00%d\x00%s", name, len(raw), raw)
		return err
	})
	return sum.Sum(nil), err
}

// rendered are the manifests that a run deploys, all of them.
func rendered(overlay, version string) ([]byte, error) {
	objects, err := rocketmq.Render(rocketmq.Topology{Overlay: overlay, Version: version})
	if err != nil {
		return nil, err
	}
	return asYAML(objects)
}

// thisTool names the program that runs. A build from a checkout has no version, so its digest stands beside it.
func thisTool() (certificate.Tool, error) {
	t := certificate.Tool{Version: "unknown"}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		t.Version = info.Main.Version
	}
	path, err := os.Executable()
	if err != nil {
		return t, err
	}
	f, err := os.Open(path)
	if err != nil {
		return t, err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	t.Digest = hex.EncodeToString(sum.Sum(nil))
	return t, err
}
