//go:build !agent

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit/rules"
)

// auditRun runs the command and returns its exit code and output.
func auditRun(t *testing.T, stdin string, args ...string) (int, string) {
	t.Helper()
	root := newRoot()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetIn(strings.NewReader(stdin))
	root.SetArgs(append([]string{"audit"}, args...))
	err := root.ExecuteContext(t.Context())
	if err == nil {
		return 0, out.String()
	}
	code := exitInconclusive
	if exit, ok := err.(exitError); ok { //nolint:errorlint // the command returns it as it is
		code = exit.code
	}
	return code, out.String() + err.Error()
}

func layout(t *testing.T, name string) string {
	t.Helper()
	text, err := rules.Layout(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAuditExitCodes(t *testing.T) {
	sound, masters := layout(t, "static"), layout(t, "masters")
	broken := strings.Replace(sound, "inSyncReplicas=2", "inSyncReplicas=1", 1)
	for name, c := range map[string]struct {
		stdin string
		args  []string
		code  int
		says  string
	}{
		"sound":               {sound, []string{"-f", "-"}, 0, "0 errors"},
		"broken":              {broken, []string{"-f", "-"}, exitViolated, "sync-master-without-ack"},
		"accepted":            {broken, []string{"-f", "-", "--suppress", "sync-master-without-ack=a test bed"}, 0, "accepted"},
		"warnings":            {masters, []string{"-f", "-"}, 0, "master-without-slave"},
		"warnings fail":       {masters, []string{"-f", "-", "--fail-on", "warning"}, exitViolated, "master-without-slave"},
		"nothing fails":       {broken, []string{"-f", "-", "--fail-on", "none"}, 0, "sync-master-without-ack"},
		"json":                {broken, []string{"-f", "-", "-o", "json"}, exitViolated, `"rule": "sync-master-without-ack"`},
		"sarif":               {broken, []string{"-f", "-", "-o", "sarif"}, exitViolated, `"version": "2.1.0"`},
		"no input":            {"", nil, exitUsage, "nothing to audit"},
		"an argument":         {"", []string{"x.yaml"}, exitUsage, "-f"},
		"unknown output":      {"", []string{"-f", "-", "-o", "xml"}, exitUsage, "sarif"},
		"unknown severity":    {"", []string{"-f", "-", "--fail-on", "fatal"}, exitUsage, "warning"},
		"no reason":           {"", []string{"-f", "-", "--suppress", "one-broker-group"}, exitUsage, "reason"},
		"unknown flag":        {"", []string{"--nonsense"}, exitUsage, "nonsense"},
		"values alone":        {sound, []string{"-f", "-", "--values", "v.yaml"}, exitUsage, "--chart"},
		"not there":           {"", []string{"-f", "no-such-file"}, exitUnreadable, "no such file"},
		"not YAML":            {"a: [", []string{"-f", "-"}, exitUnreadable, "stdin"},
		"no RocketMQ":         {"apiVersion: v1\nkind: Pod\nmetadata: {name: a}", []string{"-f", "-"}, exitUnreadable, "nothing in the input runs RocketMQ"},
		"explain":             {"", []string{"--explain", "duplicate-identity"}, 0, "Fix:"},
		"explain the unknown": {"", []string{"--explain", "nope"}, exitUsage, "--rules"},
		"rules":               {"", []string{"--rules"}, 0, "network-policy-blocks"},
	} {
		code, out := auditRun(t, c.stdin, c.args...)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q in:\n%.600s", name, code, c.code, c.says, out)
		}
	}
}

func TestAuditJoinsInputs(t *testing.T) {
	whole := layout(t, "static")
	brokers, names, ok := strings.Cut(whole, "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: nameserver")
	if !ok {
		t.Fatal("the layout has changed")
	}
	dir := t.TempDir()
	first, second := filepath.Join(dir, "brokers.yaml"), filepath.Join(dir, "names.yaml")
	for name, text := range map[string]string{first: brokers, second: "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: nameserver" + names} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, out := auditRun(t, "", "-f", first, "-f", second, "--fail-on", "warning"); code != 0 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}
