//go:build !agent

package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stranger is a resource of an operator that is not known.
const stranger = "apiVersion: mq.example.com/v1\nkind: BrokerCluster\nmetadata: {name: a}\nspec: {image: 'apache/rocketmq:5.3.2'}\n"

// auditEnd is how an audit of some input ends.
type auditEnd struct {
	stdin  string
	args   []string
	code   int
	judged bool
}

// auditEnds are all ways in which an audit ends.
func auditEnds(t *testing.T) map[string]auditEnd {
	t.Helper()
	sound, empty := layout(t, "static"), t.TempDir()
	broken := strings.Replace(sound, "inSyncReplicas=2", "inSyncReplicas=1", 1)
	was, away := filepath.Join(t.TempDir(), "sound.yaml"), filepath.Join(t.TempDir(), "away.yaml")
	if err := errors.Join(os.WriteFile(was, []byte(sound), 0o600), os.Symlink("nowhere", away)); err != nil {
		t.Fatal(err)
	}
	return map[string]auditEnd{
		"sound":               {sound, []string{"-f", "-"}, 0, true},
		"broken":              {broken, []string{"-f", "-"}, exitViolated, true},
		"nothing":             {"", []string{"-f", "-"}, exitUnreadable, false},
		"no RocketMQ":         {"apiVersion: v1\nkind: Pod\nmetadata: {name: a}", []string{"-f", "-"}, exitUnreadable, false},
		"a stranger's":        {stranger, []string{"-f", "-"}, exitUnreadable, false},
		"a stranger's, fails": {stranger, []string{"-f", "-", "--fail-on", "unknown"}, exitViolated, false},
		"no YAML":             {"a: [", []string{"-f", "-"}, exitUnreadable, false},
		"no file":             {"", []string{"-f", "none.yaml"}, exitUnreadable, false},
		"a broken link":       {"", []string{"-f", away}, exitUnreadable, false},
		"an empty folder":     {"", []string{"-f", empty}, exitUnreadable, false},
		"no kustomization":    {"", []string{"-k", empty}, exitUnreadable, false},
		"no chart":            {"", []string{"--chart", empty}, exitUnreadable, false},
		"no values":           {"", []string{"--chart", empty, "--values", "none.yaml"}, exitUnreadable, false},
		"no such context":     {"", []string{"--context", "there-is-none"}, exitUnreadable, false},
		"the same":            {sound, []string{"--against", was, "-"}, 0, true},
		"worse":               {broken, []string{"--against", was, "-"}, exitViolated, true},
		"no older":            {sound, []string{"--against", "none.yaml", "-"}, exitUnreadable, false},
		"no newer":            {"", []string{"--against", was, "-"}, exitUnreadable, false},
		"a stranger's newer":  {stranger, []string{"--against", was, "-"}, exitUnreadable, false},
	}
}

// Who reads the output alone learns from it how the command ended.
func TestAuditSaysItsExitCodeInItsOutput(t *testing.T) {
	for name, c := range auditEnds(t) {
		code, out := auditRun(t, c.stdin, append(c.args, "-o", "json")...)
		var said struct {
			ExitCode *int
			Error    string
		}
		err := json.NewDecoder(strings.NewReader(out)).Decode(&said)
		if err != nil || code != c.code || said.ExitCode == nil || *said.ExitCode != code || (said.Error == "") != c.judged {
			t.Errorf("%s: exit code %d, want %d, and the same in %.400s (%v)", name, code, c.code, out, err)
		}
	}
}

// In SARIF it stands where nothing was judged: no results would else look like praise.
func TestAuditSaysInSARIFThatNothingWasJudged(t *testing.T) {
	type invocation struct {
		ExitCode            int
		ExecutionSuccessful bool
	}
	for name, c := range auditEnds(t) {
		code, out := auditRun(t, c.stdin, append(c.args, "-o", "sarif")...)
		var said struct {
			Runs []struct{ Invocations []invocation }
		}
		err := json.NewDecoder(strings.NewReader(out)).Decode(&said)
		if err != nil || code != c.code || len(said.Runs) != 1 {
			t.Errorf("%s: exit code %d, want %d, in %.400s (%v)", name, code, c.code, out, err)
			continue
		}
		calls := said.Runs[0].Invocations
		if c.judged != (len(calls) == 0) || !c.judged && calls[0] != (invocation{ExitCode: code}) {
			t.Errorf("%s: %+v, want exit code %d and no success unless it was judged", name, calls, code)
		}
	}
}
