package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

const histories = "../../verify/testdata/"

// command runs the command line and returns its exit code and what it printed.
func command(t *testing.T, args ...string) (int, string) {
	t.Helper()
	root := newRoot()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	var exit exitError
	switch {
	case err == nil:
		return 0, out.String()
	case errors.As(err, &exit):
		return exit.code, out.String() + err.Error()
	}
	t.Fatalf("%v: an error without an exit code: %v", args, err)
	return -1, ""
}

func TestJudgeExitCodes(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(bad, []byte("{\"kind\":\"probe\"}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		args []string
	}{
		{0, []string{histories + "near-unknown-send-lands.jsonl"}},
		{1, []string{histories + "loss-acked-then-dropped.jsonl"}},
		{2, []string{histories + "inconclusive-no-scan.jsonl"}},
		{0, []string{histories + "inconclusive-no-scan.jsonl", "--claims", "offset-unique"}},
		{64, nil},
		{64, []string{bad, "--output", "yaml"}},
		{64, []string{bad, "--claims", "no-loss"}},
		{64, []string{bad, "--claims", "resumes-within=soon"}},
		{64, []string{"--explain", "no-loss"}},
		{65, []string{bad}},
		{65, []string{filepath.Join(t.TempDir(), "none.jsonl")}},
		{65, []string{t.TempDir()}},
	} {
		if code, out := command(t, append([]string{"judge"}, c.args...)...); code != c.code {
			t.Errorf("%v: exit code %d, want %d\n%s", c.args, code, c.code, out)
		}
	}
}

func TestJudgePrintsJSON(t *testing.T) {
	_, out := command(t, "judge", histories+"loss-acked-then-dropped.jsonl", "--output", "json")
	var r verify.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c, _ := r.Claim("no-acked-loss")
	if r.Verdict != verify.Violated || c.Counts["lost"] != 1 || c.Counts["acknowledged"] != 3 || len(c.Evidence) != 1 || c.Named[0] != "0:1" {
		t.Fatalf("%+v", c)
	}
	if op, err := history.DecodeLine(c.Evidence[0].Operation); err != nil || op.(*history.Send).Seq != 1 || len(c.Evidence[0].Timeline) < 3 {
		t.Fatalf("%v %+v", err, c.Evidence[0])
	}
}

func TestJudgeFolderAndParts(t *testing.T) {
	dir := t.TempDir()
	for name, file := range map[string]string{"good": "near-scanned-twice.jsonl", "bad": "loss-tail-dropped.jsonl"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if code, out := command(t, "history", "convert", histories+file, filepath.Join(dir, name, history.FileName)); code != 0 {
			t.Fatal(out)
		}
	}
	code, out := command(t, "judge", dir)
	if code != 1 || strings.Count(out, history.FileName+": ") != 2 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	b, err := os.ReadFile(histories + "loss-acked-then-dropped.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(b), "\n")
	one, two := filepath.Join(dir, "one.jsonl"), filepath.Join(dir, "two.jsonl")
	os.WriteFile(one, []byte(strings.Join(lines[:4], "")), 0o644)
	os.WriteFile(two, []byte(strings.Join(lines[4:], "")), 0o644)
	for _, order := range [][]string{{one, two}, {two, one}} {
		if code, out := command(t, append([]string{"judge"}, order...)...); code != 1 || !strings.Contains(out, "all of them: 0:1") {
			t.Fatalf("exit code %d\n%s", code, out)
		}
	}
}

func TestExplainEveryClaim(t *testing.T) {
	code, out := command(t, "judge", "--explain", "all")
	for _, id := range claims.IDs() {
		if !strings.Contains(out, id+"\n  means: ") {
			t.Errorf("%s is not explained", id)
		}
	}
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestHistoryConvert(t *testing.T) {
	dir := t.TempDir()
	binary, lines := filepath.Join(dir, "h.rmqh"), filepath.Join(dir, "h.jsonl")
	for _, c := range [][]string{{histories + "near-redelivery.jsonl", binary}, {binary, lines}} {
		if code, out := command(t, "history", "convert", c[0], c[1]); code != 0 {
			t.Fatal(out)
		}
	}
	if code, out := command(t, "judge", lines); code != 0 {
		t.Fatal(out)
	}
	if code, _ := command(t, "history", "convert", binary); code != 64 {
		t.Errorf("one argument: exit code %d", code)
	}
	if code, _ := command(t, "history", "convert", filepath.Join(dir, "none"), lines); code != 65 {
		t.Errorf("no such file: exit code %d", code)
	}
}
