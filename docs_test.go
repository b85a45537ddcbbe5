package rmqproof

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are what a reader follows links in, by their paths.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "verify/mutation/*.md"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			texts[path] = string(data)
		}
	}
	if len(texts) < 15 {
		t.Fatalf("only %d pages were found", len(texts))
	}
	return texts
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	fence   = regexp.MustCompile("(?ms)^```.*?^```")
	noID    = regexp.MustCompile(`[^\w\- ]`)
)

// anchors are the names that a page's headings have in a browser.
func anchors(text string) map[string]bool {
	ids := map[string]bool{}
	for _, found := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		ids[strings.ReplaceAll(noID.ReplaceAllString(strings.ToLower(strings.TrimSpace(found[1])), ""), " ", "-")] = true
	}
	return ids
}

// TestLinksLeadSomewhere follows every link that stays within the project, to its heading where it names one.
func TestLinksLeadSomewhere(t *testing.T) {
	texts, ids, followed := pages(t), map[string]map[string]bool{}, 0
	for path, text := range texts {
		ids[path] = anchors(text)
	}
	for path, text := range texts {
		for _, found := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			file, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(file, "://") {
				continue
			}
			followed++
			target := path
			if file != "" {
				target = filepath.Join(filepath.Dir(path), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", path, found[1])
			} else if anchor != "" && !ids[target][anchor] {
				t.Errorf("%s links to %s, and no heading there has that name", path, found[1])
			}
		}
	}
	if followed < 60 {
		t.Errorf("only %d links were followed", followed)
	}
}

// TestTablesAreWhole finds rows that a blank line has cut off from the head of their table: they are shown as text.
func TestTablesAreWhole(t *testing.T) {
	for path, text := range pages(t) {
		lines := strings.Split(fence.ReplaceAllString(text, ""), "\n")
		for i, line := range lines {
			begins := strings.HasPrefix(line, "|") && (i == 0 || !strings.HasPrefix(lines[i-1], "|"))
			if begins && (i+1 == len(lines) || !strings.HasPrefix(lines[i+1], "|---")) {
				t.Errorf("%s: this row stands in no table: %s", path, line)
			}
		}
	}
}
