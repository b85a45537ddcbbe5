package reports

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// summaryLimit keeps a summary below what GitHub takes as a step summary: 1024 k, beyond which it is dropped whole.
const summaryLimit = 900_000

// markdown builds a summary whose essential part stands first and is always whole.
type markdown struct{ b bytes.Buffer }

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

// row writes a row of a table; the cells are text, not markup.
func (m *markdown) row(cells ...string) {
	for _, c := range cells {
		m.b.WriteString("| " + plain(c) + " ")
	}
	m.b.WriteString("|\n")
}

// head writes a table's head. A column whose name begins with ">" is aligned to the right.
func (m *markdown) head(columns ...string) {
	rule := ""
	for _, c := range columns {
		name, right := strings.CutPrefix(c, ">")
		m.b.WriteString("| " + name + " ")
		rule += "|---"
		if right {
			rule += ":"
		}
	}
	m.b.WriteString("|\n" + rule + "|\n")
}

// code writes a block that nothing inside can end.
func (m *markdown) code(text string) {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	m.line("%s\n%s\n%s", fence, wording.Printable(text), fence)
}

// bytes gives the summary, cut at a whole line where it is too long, with a word on where the rest is.
func (m *markdown) bytes() []byte {
	out := m.b.Bytes()
	if len(out) <= summaryLimit {
		return out
	}
	rest := fmt.Sprintf("\n\n… cut at %d kB; all of it stands in %s.\n", summaryLimit/1000, VerdictFile)
	out = out[:summaryLimit-len(rest)]
	if i := bytes.LastIndexByte(out, '\n'); i > 0 {
		out = out[:i]
	}
	text := string(out)
	if strings.Count(text, "\n```")%2 == 1 { // the cut fell into a block
		text += "\n```"
	}
	text += strings.Repeat("\n</details>", strings.Count(text, "<details>")-strings.Count(text, "</details>"))
	return []byte(text + rest)
}

var markup = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;",
	"|", `\|`, "~", `\~`, "#", `\#`, "&", "&amp;", "\r", " ", "\n", " ", "$", `\$`, "@", "@\u200b")

// plain makes a text mean itself in Markdown, on one line.
func plain(s string) string { return markup.Replace(wording.Printable(s)) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// countsLine words a claim's counts on one line.
func countsLine(counts map[string]int64) string {
	var out []string
	for _, k := range countOrder(counts) {
		out = append(out, words(k)+" "+wording.Count(counts[k]))
	}
	return strings.Join(out, ", ")
}

// words makes a count's name readable.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// countOrder puts what a claim is about first: how much there was, then what was wrong, then the rest by name.
func countOrder(counts map[string]int64) []string {
	keys := sortedKeys(counts)
	first := []string{"acknowledged", "sent", "found", "lost"}
	slices.SortStableFunc(keys, func(a, b string) int {
		return place(first, a) - place(first, b)
	})
	return keys
}

func place(list []string, s string) int {
	if i := slices.Index(list, s); i >= 0 {
		return i
	}
	return len(list)
}

// sign is a verdict's mark beside its word.
func sign(v verify.Verdict) string {
	switch v {
	case verify.Valid:
		return "✅"
	case verify.Violated:
		return "❌"
	}
	return "⚠️"
}

func word(v verify.Verdict) string {
	if !known(v) {
		v = verify.Inconclusive
	}
	return strings.ToUpper(string(v))
}
