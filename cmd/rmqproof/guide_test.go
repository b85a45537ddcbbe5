//go:build !agent

package main

import (
	"flag"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateGuide = flag.Bool("update", false, "write what the commands of the guide print into it")

// shown matches a command of the guide with what it prints: a block that begins with "$ rmqproof".
var shown = regexp.MustCompile("(?s)```\n\\$ rmqproof ([^\n|]*?)(?: \\| head -(\\d+))?\n(.*?)```")

// TestGuideShowsWhatTheCommandsPrint runs every command that the guide shows, on the layout beside it.
func TestGuideShowsWhatTheCommandsPrint(t *testing.T) {
	const name = "../../docs/audit-guide.md"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	old, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../../audit/testdata/guide")
	commands := 0
	text := shown.ReplaceAllStringFunc(string(data), func(block string) string {
		found := shown.FindStringSubmatch(block)
		commands++
		_, out := auditRun(t, "", strings.Fields(found[1])[1:]...)
		if found[2] != "" {
			n, _ := strconv.Atoi(found[2])
			lines := strings.SplitAfter(out, "\n")
			out = strings.Join(lines[:min(n, len(lines))], "")
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(block, "```\n"), "\n")
		return "```\n" + first + "\n" + strings.TrimRight(out, "\n") + "\n```"
	})
	if commands < 6 {
		t.Errorf("the guide shows %d commands", commands)
	}
	t.Chdir(old)
	if *updateGuide {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(data), text); diff != "" {
		t.Errorf("the guide shows something else (go test ./cmd/rmqproof -run Guide -update):\n%s", diff)
	}
}
