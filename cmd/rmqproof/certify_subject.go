//go:build !agent

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/manifests"
	"github.com/rmqproof/rmqproof/reports/certificate"
)

// bundled names the bundled overlay that lies in a folder. Any other configuration is refused, also one that differs from
// it by a byte: what would be stood up is the bundled one.
func bundled(dir string) (string, error) {
	known := rocketmq.Overlays()
	name := filepath.Base(filepath.Clean(dir))
	if !slices.Contains(known, name) || !unchanged(dir, name) {
		return "", fmt.Errorf("-k %s: for now only the bundled overlays are accepted, as they are (%s below manifests/overlays), and this is none of them", dir, strings.Join(known, ", "))
	}
	return name, nil
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
	var b bytes.Buffer
	for _, o := range objects {
		raw, err := yaml.Marshal(o.Object)
		if err != nil {
			return nil, fmt.Errorf("write %s %s as YAML: %w", o.GetKind(), o.GetName(), err)
		}
		fmt.Fprintf(&b, "---\n%s", raw)
	}
	return b.Bytes(), nil
}

// promises are what the audit reads off the manifests, by failure.
func promises(ctx context.Context, manifests []byte) (map[string]certificate.Promise, error) {
	report, err := judged(ctx, input.Sources{Files: []string{"-"}}, bytes.NewReader(manifests), nil)
	if err != nil {
		return nil, fmt.Errorf("audit what is to be certified: %w", err)
	}
	if n := len(report.Promise.Clusters); n != 1 {
		return nil, fmt.Errorf("the audit sees %d RocketMQ clusters in the overlay, and a certificate is of one", n)
	}
	all := map[string]certificate.Promise{}
	for _, o := range report.Promise.Clusters[0].Outcomes {
		all[string(o.Failure)] = certificate.Promise{Failure: string(o.Failure), Acknowledged: string(o.Acknowledged), Sends: string(o.Sends),
			UpTo: time.Duration(o.UpToMS) * time.Millisecond, Sentence: o.Sentence}
	}
	return all, nil
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
