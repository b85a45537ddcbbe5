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
	return codeOf(err), out.String() + err.Error()
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
		"not YAML, json":      {"a: [", []string{"-f", "-", "-o", "json"}, exitUnreadable, `"error": "stdin: `},
		"not YAML, sarif":     {"a: [", []string{"-f", "-", "-o", "sarif"}, exitUnreadable, `"executionSuccessful": false`},
		"no RocketMQ, json":   {"", []string{"-f", "-", "-o", "json"}, exitUnreadable, `"exitCode": 65`},
		"a stranger's":        {stranger, []string{"-f", "-"}, exitUnreadable, "kind BrokerCluster of group mq.example.com looks like RocketMQ"},
		"a stranger's, json":  {stranger, []string{"-f", "-", "-o", "json"}, exitUnreadable, `"error": "nothing in the input runs RocketMQ`},
		"a stranger's, fails": {stranger, []string{"-f", "-", "--fail-on", "unknown"}, exitViolated, "BrokerCluster"},
		"beside others":       {sound + "---\n" + stranger, []string{"-f", "-"}, 0, "BrokerCluster"},
		"a summary":           {broken, []string{"-f", "-", "--summary"}, exitViolated, "loses the last seconds of acknowledged messages: sync-master-without-ack"},
		"unknown fails":       {strings.Replace(sound, "configMap: {name: broker-a-master}", "configMap: {name: elsewhere}", 1), []string{"-f", "-", "--fail-on", "unknown"}, exitViolated, "elsewhere"},
		"set without a chart": {sound, []string{"-f", "-", "--set", "a=b"}, exitUsage, "--chart"},
		"two stdins":          {sound, []string{"--against", "-", "-"}, exitUsage, "standard input"},
		"two new ones":        {sound, []string{"--against", "-", "a", "b"}, exitUsage, "one NEW"},
		"nothing new":         {sound, []string{"--against", "-"}, exitUsage, "nothing to audit"},
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

func TestAuditComparesInputs(t *testing.T) {
	sound := layout(t, "static")
	dir := t.TempDir()
	files := map[string]string{
		"old.yaml": sound, "new/mq.yaml": strings.Replace(sound, "inSyncReplicas=2", "inSyncReplicas=1", 1),
		"kust/kustomization.yaml": "resources: [mq.yaml]\n", "kust/mq.yaml": strings.Replace(sound, "autoCreateTopicEnable=false", "autoCreateTopicEnable=true", 1),
		"chart/Chart.yaml": "apiVersion: v2\nname: mq\nversion: 0.1.0\n", "chart/values.yaml": "copies: 2\n",
		"chart/templates/mq.yaml": strings.Replace(sound, "inSyncReplicas=2", "inSyncReplicas={{ .Values.copies }}", 1),
		"one.yaml":                "copies: 1\n",
	}
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"the same":                {[]string{"--against", at("old.yaml"), at("old.yaml")}, 0, "0 worse"},
		"worse":                   {[]string{"--against", at("old.yaml"), at("new")}, exitViolated, "Promises that got worse"},
		"better":                  {[]string{"--against", at("new"), at("old.yaml")}, 0, "Promises that got better"},
		"by a flag":               {[]string{"--against", at("old.yaml"), "-f", at("new")}, exitViolated, "sync-master-without-ack"},
		"a kustomization":         {[]string{"--against", at("old.yaml"), at("kust")}, 0, "auto-create-topic"},
		"that fails on info":      {[]string{"--against", at("old.yaml"), at("kust"), "--fail-on", "info"}, exitViolated, "auto-create-topic"},
		"a chart":                 {[]string{"--against", at("old.yaml"), at("chart")}, 0, "0 worse"},
		"values for both":         {[]string{"--against", at("chart"), at("chart"), "--values", at("one.yaml")}, 0, "0 worse"},
		"values before and after": {[]string{"--against", at("chart"), "--against-values", at("chart/values.yaml"), at("chart"), "--values", at("one.yaml")}, exitViolated, "worse"},
		"sarif":                   {[]string{"--against", at("old.yaml"), at("new"), "-o", "sarif"}, exitViolated, `"baselineState": "new"`},
		"json":                    {[]string{"--against", at("old.yaml"), at("new"), "-o", "json"}, exitViolated, `"worse": true`},
		"no such":                 {[]string{"--against", at("none"), at("new"), "-o", "json"}, exitUnreadable, `"error": "the older input`},
	} {
		code, out := auditRun(t, "", c.args...)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q in:\n%.1500s", name, code, c.code, c.says, out)
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
