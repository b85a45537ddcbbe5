//go:build !agent

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCertifyRefusesBeforeAnythingStarts(t *testing.T) {
	edited := filepath.Join(t.TempDir(), "manifests")
	if err := os.CopyFS(edited, os.DirFS("../../manifests")); err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(edited, "overlays", "kind")
	if code, out := command(t, "certify", "-k", overlay, "--plan"); code != 0 || !strings.Contains(out, "kill-master") {
		t.Errorf("a copy of the bundled overlay: %d %s", code, out)
	}
	if err := os.WriteFile(filepath.Join(edited, "base", "more.yaml"), []byte("kind: ConfigMap\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out := command(t, "certify", "-k", overlay, "--plan"); code != 0 || !strings.Contains(out, "a namespace of its own") || !strings.Contains(out, "kustomization kind") {
		t.Errorf("one that differs from the bundled is somebody else's: %d %s", code, out)
	}
	for what, args := range map[string][]string{
		"nothing to certify":       {"certify"},
		"promises nothing":         {"certify", "-f", foreignInputs + "single"},
		"of no other is the versi": {"certify", "-f", foreignInputs + "orders"},
		"write IMAGE=OTHER":        {"certify", "-f", foreignInputs + "orders", "--map", "x"},
		"--version is for bundled": {"certify", "-f", foreignInputs + "orders", "--map", mapOrders, "--version", "5.2.0"},
		"--fit does not apply":     {"certify", "-k", overlayKind, "--fit"},
		"--allow-name does not":    {"certify", "-f", foreignInputs + "orders", "--map", mapOrders, "--allow-name", "x"},
		"--map does not apply to":  {"certify", "--context", "x", "--namespace", "y", "--map", "a=b"},
		"standard input again":     {"certify", "-f", "-"},
		"no such file":             {"certify", "-f", "nowhere"},
		"nothing in the input run": {"certify", "-f", "../../manifests/base/namespace/namespace.yaml"},
		"each is written for":      {"certify", "-k", "../../manifests/overlays/lossy"},
		"there is no profile":      {"certify", "-k", overlayKind, "--profile", "bogus"},
		"--require":                {"certify", "-k", overlayKind, "--require", "rto=soon"},
		"--sign":                   {"certify", "-k", overlayKind, "--sign", overlay},
		"holds no run":             {"certify", "--resume", t.TempDir()},
		"unknown flag":             {"certify", "--bogus"},
		"accepts 1 arg":            {"verify"},
		"--key":                    {"verify", "x", "--key", "no-such-file"},
		"accepts 2 arg":            {"compare", "x"},
		"a key is ed25519 or ecds": {"keygen", "--type", "rsa"},
	} {
		if code, out := command(t, args...); code != exitUsage || !strings.Contains(out, what) {
			t.Errorf("%q: exit code %d, and %q does not say %q", args, code, out, what)
		}
	}
	for _, args := range [][]string{{"verify", t.TempDir()}, {"verify", "no-such-file"}, {"verify", "../../go.mod"}, {"compare", "no-such-file", "other"}} {
		if code, out := command(t, args...); code != exitUnreadable {
			t.Errorf("%q: exit code %d: %s", args, code, out)
		}
	}
}

const (
	foreignInputs = "../../fixtures/foreign/testdata/"
	mapOrders     = "hub.shop.example/platform/rocketmq:5.1.0-7=apache/rocketmq:5.1.0"
)

func TestThePlanOfForeignManifests(t *testing.T) {
	code, out := command(t, "certify", "-f", foreignInputs+"orders", "--map", mapOrders, "--profile", "pods", "--plan")
	for _, want := range []string{"kill-master", "The manifests orders, profile pods v1, RocketMQ 5.1.0, demands", "is run as apache/rocketmq:5.1.0", "StorageClass fast-ssd is supplied"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d, and %q is not in %s", code, want, out)
		}
	}
	code, out = command(t, "certify", "-f", foreignInputs+"orders", "--map", mapOrders, "--upgrade-to", "5.1.0", "--plan")
	if code != 0 || !strings.Contains(out, "NOT RUN: RocketMQ 5.1.0 is there already") {
		t.Errorf("%d %s", code, out)
	}
}

func TestKeygenWritesOverNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if code, out := command(t, "keygen", "--out", path); code != 0 {
		t.Fatalf("%d %s", code, out)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if code, _ := command(t, "keygen", "--out", path); code != exitInconclusive {
		t.Errorf("exit code %d", code)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Error("a key was written over")
	}
	j := begun(t, &pretended{})
	key, err := (&certifyOptions{sign: path}).key()
	if err != nil {
		t.Fatal(err)
	}
	if c, err := j.certify(t.Context(), key, false); err != nil || !c.Certified {
		t.Fatalf("%v", err)
	}
	bundle := filepath.Join(j.dir, bundleName)
	if code, out := command(t, "verify", bundle, "--key", path+".pub"); code != 0 || !strings.Contains(out, "signed by sha256:") {
		t.Errorf("%d %s", code, out)
	}
}

func TestAResumedRunKeepsItsOptions(t *testing.T) {
	j := begun(t, &pretended{})
	for _, args := range [][]string{{"--version", "5.2.0"}, {"--require", "rto=1s"}, {"--seed", "9"}, {"--profile", "other"}, {"-k", "../../manifests/overlays/lossy"}} {
		if code, out := command(t, append([]string{"certify", "--resume", j.dir, "--plan"}, args...)...); code != exitUsage || !strings.Contains(out, "was begun with") {
			t.Errorf("%q: %d %s", args, code, out)
		}
	}
	if code, out := command(t, "certify", "--resume", j.dir, "--plan", "-k", overlayKind, "--require", "acked-loss=0"); code != 0 {
		t.Errorf("%d %s", code, out)
	}
	if err := os.WriteFile(filepath.Join(j.dir, jobFile), []byte(`{"overlay":"kind","profile":{"name":"smoke","version":1,"rocketmq":"5.1.0","upgradeTo":"5.2.0"}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out := command(t, "certify", "--resume", j.dir); code != exitUsage || !strings.Contains(out, "another rmqproof") {
		t.Errorf("%d %s", code, out)
	}
}

// What was begun with the bundled overlay is not gone on with by one that was edited since.
func TestAnEditedOverlayIsNoneToResumeWith(t *testing.T) {
	j := begun(t, &pretended{})
	edited := filepath.Join(t.TempDir(), "manifests")
	if err := os.CopyFS(edited, os.DirFS("../../manifests")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(edited, "base", "more.yaml"), []byte("kind: ConfigMap\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out := command(t, "certify", "--resume", j.dir, "--plan", "-k", filepath.Join(edited, "overlays", "kind")); code != exitUsage || !strings.Contains(out, "was begun with kind") {
		t.Errorf("%d %s", code, out)
	}
}

func TestAFileOfDemandsHoldsSome(t *testing.T) {
	path := filepath.Join(t.TempDir(), "demands")
	for content, want := range map[string]string{"# later\n\n": "holds no demand", "rto=soon": "--require " + path, "": "holds no demand"} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := (&certifyOptions{require: path}).demands(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v does not say %q", content, err, want)
		}
	}
	if _, err := (&certifyOptions{require: path + ".txt"}).demands(); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a file that is not there: %v", err)
	}
	if got, err := (&certifyOptions{}).demands(); err != nil || len(got) > 0 {
		t.Errorf("none are asked for: %q %v", got, err)
	}
}

func TestTwoCannotUseOneFolder(t *testing.T) {
	j := begun(t, &pretended{})
	release, err := j.lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.lock(); err == nil || !strings.Contains(err.Error(), "another rmqproof certify is at work there") {
		t.Errorf("%v", err)
	}
	release()
	if release, err = j.lock(); err != nil {
		t.Fatal(err)
	}
	release()
}

func TestWhatAConfigurationCannotSupportIsNamed(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"-k", "../../manifests/overlays/controller", "--version", "5.5.0", "--profile", "ha"},
			[]string{"reattach-other-node", "NOT RUN: it needs a target whose volume can follow its pod", "NOT RUN: RocketMQ 5.5.0 is there already", "RocketMQ 5.5.0, demands"}},
		{[]string{"-k", "../../manifests/overlays/controller-one-copy", "--version", "5.2.0", "--profile", "failover"}, []string{"pod-killed: acknowledged lost-up-to", "behind-kill-master", "node-helper: a short-lived privileged pod"}},
		{[]string{"-k", overlayKind, "--profile", "ha"}, []string{"RocketMQ 5.1.0 to 5.2.0, demands", "node-power: ", "a container engine on this machine"}},
		{[]string{"--chart", foreignInputs + "chart", "--release", "shop", "--fit", "--map", "hub.shop.example/platform/rocketmq:5.2.0-3=apache/rocketmq:5.2.0", "--shared-class", "fast-ssd", "--profile", "smoke"},
			[]string{"NOT RUN: it needs a target whose volume is tied to its node", "NOT RUN: RocketMQ 5.2.0 is there already", "a claim of StatefulSet shop-store asks for 2Gi"}},
		{[]string{"-f", foreignInputs + "orders", "--map", mapOrders, "--profile", "full"}, []string{"NOT RUN: it needs a target whose volume can follow", "(--shared-class makes"}},
	} {
		code, out := command(t, append([]string{"certify", "--plan"}, c.args...)...)
		for _, want := range c.want {
			if code != 0 || !strings.Contains(out, want) {
				t.Errorf("%q: %d, and %q is not in\n%s", c.args, code, want, out)
			}
		}
	}
}
