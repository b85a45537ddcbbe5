package audit_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/rules"
)

var update = flag.Bool("update", false, "write what is found into the files of what is wanted")

// read loads a layout by its style: a kustomization, a chart, or plain files.
func read(t *testing.T, dir string) input.Set {
	t.Helper()
	var set input.Set
	var err error
	switch {
	case exists(dir, "kustomization.yaml"):
		set, err = input.Kustomization(dir)
	case exists(dir, "Chart.yaml"):
		set, err = input.Chart(context.Background(), dir, input.Release{})
	default:
		set, err = input.Files(context.Background(), []string{dir}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// summary lists the errors and warnings by rule and object.
func summary(r audit.Report) string {
	var lines []string
	for _, f := range r.Findings {
		if f.Severity != rules.Info {
			lines = append(lines, fmt.Sprintf("%s %s %s", f.Severity, f.Rule, f.Object))
		}
	}
	sort.Strings(lines)
	var out bytes.Buffer
	last := ""
	for _, line := range lines {
		if line != last {
			out.WriteString(line + "\n")
		}
		last = line
	}
	return out.String()
}

func cases(t *testing.T, kind string) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join("testdata", kind, "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no layouts in %s: %v", kind, err)
	}
	return dirs
}

// wants returns the findings that a layout must have; it must have no others.
func wants(t *testing.T, dir, got string) string {
	t.Helper()
	name := filepath.Join("testdata", "want", filepath.Base(filepath.Dir(dir))+"-"+filepath.Base(dir)+".txt")
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(want)
}

func TestLayouts(t *testing.T) {
	for kind, least := range map[string]int{"broken": 25, "sound": 12} {
		dirs := cases(t, kind)
		if len(dirs) < least {
			t.Errorf("%d layouts are %s", len(dirs), kind)
		}
		for _, dir := range dirs {
			t.Run(dir, func(t *testing.T) {
				r, err := audit.Run(read(t, dir), nil)
				if err != nil {
					t.Fatal(err)
				}
				got := summary(r)
				if diff := cmp.Diff(wants(t, dir, got), got); diff != "" {
					t.Error(diff)
				}
				if sound := kind == "sound"; sound == strings.Contains(got, "error ") && sound || !sound && got == "" {
					t.Errorf("is %s, and found:\n%s", kind, got)
				}
			})
		}
	}
}

// TestGuide is the first real input: each mistake of a widespread guide by its name.
func TestGuide(t *testing.T) {
	r, err := audit.Run(read(t, "testdata/broken/article"), nil)
	if err != nil {
		t.Fatal(err)
	}
	acl, err := audit.Run(read(t, "testdata/broken/article-acl"), nil)
	if err != nil {
		t.Fatal(err)
	}
	found := summary(r)
	for _, want := range []string{
		"home-mismatch Deployment/rocketmq/mq-namesrv", "home-mismatch StatefulSet/rocketmq/mq-broker",
		"shell-hides-crash StatefulSet/rocketmq/mq-broker", "sigterm-swallowed StatefulSet/rocketmq/mq-broker",
		"conf-hidden StatefulSet/rocketmq/mq-broker", "config-unread Deployment/rocketmq/mq-namesrv",
		"duplicate-identity StatefulSet/rocketmq/mq-broker", "duplicate-identity StatefulSet/rocketmq/mq-broker-slave",
		"invalid-value StatefulSet/rocketmq/mq-broker", "foreign-broker-ip StatefulSet/rocketmq/mq-broker-slave",
		"unknown-key StatefulSet/rocketmq/mq-broker", "store-root-lost StatefulSet/rocketmq/mq-broker",
		"namesrv-one-name StatefulSet/rocketmq/mq-broker", "async-flush-one-copy StatefulSet/rocketmq/mq-broker",
		"probe-matches-itself StatefulSet/rocketmq/mq-broker", "probe-other-component StatefulSet/rocketmq/mq-broker",
		"probe-missing-tool StatefulSet/rocketmq/mq-broker", "brokers-balanced Service/rocketmq/mq-broker-lb",
		"no-disruption-budget", "copies-share-node", "no-memory-request", "no-fs-group", "one-broker-group",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("%s is not named", want)
		}
	}
	found = summary(acl)
	for _, want := range []string{
		"acl-without-effect Deployment/rocketmq/mq-namesrv", "acl-without-effect StatefulSet/rocketmq/mq-broker",
		"default-credentials Secret/rocketmq/mq-acl", "credentials-in-config ConfigMap/rocketmq/mq-broker-config",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("%s is not named", want)
		}
	}
}

// TestOwnManifests holds the project's own base and overlays to what it asks of others. What is accepted says why where it stands.
func TestOwnManifests(t *testing.T) {
	dirs, err := filepath.Glob("../manifests/overlays/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range append(dirs, "../manifests/base") {
		if name := filepath.Base(dir); name == "lossy" || name == "controller-one-copy" {
			continue // made to lose messages, as the proof that a loss would be seen
		}
		t.Run(dir, func(t *testing.T) {
			r, err := audit.Run(read(t, dir), nil)
			if err != nil {
				t.Fatal(err)
			}
			if found := summary(r); found != "" {
				t.Errorf("found:\n%s", found)
			}
		})
	}
}

func TestSuppressions(t *testing.T) {
	layout, err := rules.Layout("masters")
	if err != nil {
		t.Fatal(err)
	}
	annotated := strings.Replace(layout, "kind: StatefulSet\nmetadata: {name: mq, namespace: mq}",
		"kind: StatefulSet\nmetadata: {name: mq, namespace: mq, annotations: {audit.rmqproof.io/suppress: \"master-without-slave=disks are mirrored\"}}", 1)
	inNamespace := layout + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: mq, annotations: {audit.rmqproof.io/suppress: \"master-without-slave=a test bed\"}}\n"
	everywhere, err := audit.ParseSuppress([]string{"master-without-slave=known"})
	if err != nil {
		t.Fatal(err)
	}
	for text, suppress := range map[string]map[string]string{annotated: nil, inNamespace: nil, layout: everywhere} {
		set, err := input.Parse([]byte(text), "x.yaml")
		if err != nil {
			t.Fatal(err)
		}
		r, err := audit.Run(set, suppress)
		if err != nil || summary(r) != "" || len(r.Suppressed) != 3 || r.Suppressed[0].Suppressed == "" {
			t.Errorf("%v: %s, %d suppressed", err, summary(r), len(r.Suppressed))
		}
	}
	for _, bad := range []string{"master-without-slave", "master-without-slave=", "no-such-rule=why"} {
		if _, err := audit.ParseSuppress([]string{bad}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestSilenceIsNoPraise(t *testing.T) {
	set, err := input.Parse([]byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Run(set, nil); err == nil {
		t.Error("an input without RocketMQ was judged")
	}
}
