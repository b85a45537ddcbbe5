//go:build !agent

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// userPages is the text of all that a user reads, and the code in it: what stands between backquotes or in a block.
func userPages(t *testing.T) (text string, code []string) {
	t.Helper()
	paths, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, "../../README.md") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text += string(data)
	}
	spans := regexp.MustCompile("(?ms)^```.*?^```")
	for _, block := range spans.FindAllString(text, -1) {
		code = append(code, strings.Split(strings.ReplaceAll(block, "\\\n", " "), "\n")...)
	}
	for _, span := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(spans.ReplaceAllString(text, ""), -1) {
		code = append(code, span[1])
	}
	return text, code
}

// visible calls see for every command that the help lists, but for those of cobra's own.
func visible(c *cobra.Command, see func(*cobra.Command)) {
	for _, sub := range c.Commands() {
		if !sub.Hidden && sub.Name() != "help" && sub.Name() != "completion" {
			see(sub)
			visible(sub, see)
		}
	}
}

// TestEveryCommandAndFlagIsInTheDocs: what is on the label is told.
func TestEveryCommandAndFlagIsInTheDocs(t *testing.T) {
	text, _ := userPages(t)
	visible(newRoot(), func(c *cobra.Command) {
		if path := regexp.MustCompile(`\b` + c.CommandPath() + `\b`); !path.MatchString(text) && !strings.Contains(text, "make "+c.Name()) {
			t.Errorf("neither README.md nor docs say anything of %s", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			short := f.Shorthand != "" && strings.Contains(text, " -"+f.Shorthand+" ")
			if !f.Hidden && !short && !strings.Contains(text, "--"+f.Name) {
				t.Errorf("neither README.md nor docs say anything of --%s of %s", f.Name, c.CommandPath())
			}
		})
	})
}

var (
	called  = regexp.MustCompile(`rmqproof ([a-z0-9-]+.*)`)
	oneFlag = regexp.MustCompile(`(?:^|[\s\[(])--([a-z][a-z-]*)`)
)

// TestEveryFlagInTheDocsIsThere parses what the docs call, as far as flags go.
func TestEveryFlagInTheDocsIsThere(t *testing.T) {
	_, code := userPages(t)
	root, checked := newRoot(), 0
	for _, line := range code {
		line, _, _ = strings.Cut(line, " #")
		found := called.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		words := strings.Fields(strings.FieldsFunc(found[1], func(r rune) bool { return r == '|' || r == ';' })[0])
		c, _, err := root.Find(words)
		if err != nil || c == root {
			continue // prose, or the name of a file
		}
		for _, flag := range oneFlag.FindAllStringSubmatch(" "+strings.Join(words, " "), -1) {
			checked++
			if c.Flags().Lookup(flag[1]) == nil {
				t.Errorf("the docs call %q, and %s has no flag --%s", line, c.CommandPath(), flag[1])
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d flags were looked up", checked)
	}
}
