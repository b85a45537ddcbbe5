package rules

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// keyLine is a fix that is a line of a server's file.
var keyLine = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]*)=(\S.*)$`)

// later is a fix that is a release.
var later = regexp.MustCompile(`an image of \d+\.\d+\.\d+ or later`)

// scalar is a fix that is a field with a value.
var scalar = regexp.MustCompile(`^([a-zA-Z]+): ([^<{\[\s]+|"[^"]*")$`)

// TestFixes does what each rule's fix says, where that is a key, a field or a release: the finding must be gone, and no
// other error or warning may have come.
func TestFixes(t *testing.T) {
	done := 0
	for _, r := range All() {
		broken := r.Example.Break(mustLayout(t, r.Example.On))
		before := judge(t, broken)
		f, ok := fired(before, r.ID)
		if !ok {
			continue // of another test
		}
		fixed := broken
		for range 4 { // the same mistake may stand in several files
			next, applied := apply(fixed, f)
			if !applied {
				break
			}
			fixed = next
			if f, ok = fired(judge(t, fixed), r.ID); !ok {
				break
			}
		}
		if fixed == broken {
			continue
		}
		done++
		t.Run(r.ID, func(t *testing.T) {
			after := judge(t, fixed)
			if f, ok := fired(after, r.ID); ok {
				t.Errorf("the fix %q leaves %s at line %d", f.Fix, f.Message, f.Line)
			}
			for _, f := range after {
				if f.Severity != Info && !slices.ContainsFunc(before, func(o Finding) bool { return o.Rule == f.Rule }) {
					t.Errorf("the fix brings %s: %s", f.Rule, f.Message)
				}
			}
		})
	}
	if done < 60 {
		t.Errorf("%d fixes could be tried", done)
	}
}

// apply does the first thing that a fix says.
func apply(text string, f Finding) (string, bool) {
	first := strings.SplitN(f.Fix, "\n", 2)[0]
	switch {
	case keyLine.MatchString(first) && !strings.Contains(first, "<") && !strings.Contains(first, " "):
		out := text
		for _, line := range strings.Split(f.Fix, "\n") {
			if keyLine.MatchString(line) && !strings.Contains(line, " ") {
				out = setKey(out, f, line)
			}
		}
		return out, out != text
	case later.MatchString(f.Fix):
		old := regexp.MustCompile(`image: apache/rocketmq:\S+`)
		return old.ReplaceAllString(text, "image: apache/rocketmq:5.5.0"), true
	case scalar.MatchString(first):
		return setField(text, f, scalar.FindStringSubmatch(first))
	case first == "remove the line", strings.HasPrefix(first, "remove "):
		return dropLine(text, f.Line), f.Line > 0
	}
	return text, false
}

// setKey writes a line of a server's file: in the place of its key near the finding, or below the finding's line.
func setKey(text string, f Finding, line string) string {
	key, _, _ := strings.Cut(line, "=")
	lines := strings.Split(text, "\n")
	for f.Line > 1 && !keyLine.MatchString(strings.TrimSpace(lines[f.Line-1])) {
		f.Line-- // the finding is about the server: its file is the nearest above
	}
	from, to := block(lines, f.Line-1)
	for i := from; i <= to; i++ {
		if strings.HasPrefix(strings.TrimSpace(lines[i]), key+"=") {
			lines[i] = indentOf(lines[i]) + line
			return strings.Join(lines, "\n")
		}
	}
	at := to
	lines = slices.Insert(lines, at+1, indentOf(lines[at])+line)
	return strings.Join(lines, "\n")
}

// block is the run of key=value lines around a line.
func block(lines []string, at int) (int, int) {
	isKey := func(i int) bool { return keyLine.MatchString(strings.TrimSpace(lines[i])) }
	from, to := at, at
	for from > 0 && isKey(from-1) {
		from--
	}
	for to+1 < len(lines) && isKey(to+1) {
		to++
	}
	return from, to
}

func indentOf(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " "))] }

// setField writes a field on the finding's line, which holds it already.
func setField(text string, f Finding, field []string) (string, bool) {
	lines := strings.Split(text, "\n")
	if f.Line == 0 || f.Line > len(lines) {
		return text, false
	}
	old := regexp.MustCompile(`\b` + field[1] + `: ("[^"]*"|[^\s,}]+)`)
	if !old.MatchString(lines[f.Line-1]) {
		return text, false
	}
	lines[f.Line-1] = old.ReplaceAllString(lines[f.Line-1], field[1]+": "+field[2])
	return strings.Join(lines, "\n"), true
}

func dropLine(text string, line int) string {
	lines := strings.Split(text, "\n")
	return strings.Join(slices.Delete(lines, line-1, line), "\n")
}
