package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// width is that of a terminal's line.
const width = 110

// Text writes a report for reading: the findings, each once with all of its places, the promise, and what could not
// be told.
func Text(w io.Writer, r audit.Report) error {
	var out strings.Builder
	for _, same := range grouped(r.Findings) {
		finding(&out, same)
	}
	promises(&out, r.Promise)
	unresolved(&out, r)
	summary(&out, r)
	_, err := io.WriteString(w, out.String())
	return err
}

// grouped joins findings that say the same of several objects.
func grouped(findings []rules.Finding) [][]rules.Finding {
	var all [][]rules.Finding
	at := map[string]int{}
	for _, f := range findings {
		key := f.Rule + "\x00" + f.Message + "\x00" + f.Fix
		i, seen := at[key]
		if !seen {
			i = len(all)
			at[key] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], f)
	}
	return all
}

func finding(out *strings.Builder, same []rules.Finding) {
	f := same[0]
	fmt.Fprintf(out, "%s %s\n", strings.ToUpper(string(f.Severity)), f.Rule)
	for _, each := range same {
		fmt.Fprintf(out, "  %s  %s\n", each.Object, place(each.File, each.Line))
	}
	indent(out, "    ", f.Message)
	lines := strings.Split(f.Fix, "\n")
	indent(out, "    fix: ", lines[0])
	for _, line := range lines[1:] {
		out.WriteString("         " + line + "\n")
	}
	out.WriteString("\n")
}

func place(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// indent wraps a text; the lines after the first are indented as far as it.
func indent(out *strings.Builder, lead, text string) {
	column := len(lead)
	out.WriteString(lead)
	for i, word := range strings.Fields(text) {
		if i > 0 && column+1+len(word) > width {
			out.WriteString("\n" + strings.Repeat(" ", len(lead)))
			column = len(lead)
		} else if i > 0 {
			out.WriteString(" ")
			column++
		}
		out.WriteString(word)
		column += len(word)
	}
	out.WriteString("\n")
}

func promises(out *strings.Builder, p promise.Promise) {
	for _, c := range p.Clusters {
		fmt.Fprintf(out, "What cluster %s promises\n", named(c.Name))
		if len(c.Groups) > 1 && uniform(c) {
			for _, o := range c.Outcomes {
				indent(out, "  - ", o.Sentence)
			}
		} else {
			for _, g := range c.Groups {
				fmt.Fprintf(out, "  group %s (%s)\n", named(g.Name), g.Mode)
				for _, o := range g.Outcomes {
					indent(out, "  - ", o.Sentence)
				}
			}
		}
		out.WriteString("\n")
	}
}

func named(name string) string {
	if name == "" {
		return "of unknown name"
	}
	return name
}

// uniform says whether all groups promise the same.
func uniform(c promise.Cluster) bool {
	for _, g := range c.Groups {
		for i, o := range g.Outcomes {
			if o.Sentence != c.Groups[0].Outcomes[i].Sentence {
				return false
			}
		}
	}
	return true
}

func unresolved(out *strings.Builder, r audit.Report) {
	if len(r.Unresolved) == 0 {
		return
	}
	out.WriteString("Not known from the input\n")
	for _, u := range r.Unresolved {
		indent(out, "  - ", fmt.Sprintf("%s: %s (%s): %s", u.Object, u.What, place(u.File, u.Line), u.Reason))
	}
	out.WriteString("\n")
}

func summary(out *strings.Builder, r audit.Report) {
	count := map[rules.Severity]int{}
	for _, f := range r.Findings {
		count[f.Severity]++
	}
	fmt.Fprintf(out, "%s, %s, %d for information", amount(count[rules.Error], "error"), amount(count[rules.Warning], "warning"), count[rules.Info])
	if n := len(r.Suppressed); n > 0 {
		fmt.Fprintf(out, "; %d accepted", n)
	}
	fmt.Fprintf(out, "; %s read, %d passed over", amount(r.Objects, "object"), r.PassedOver)
	if len(r.Findings) > 0 {
		fmt.Fprintf(out, ". More about a finding: rmqproof audit --explain %s", r.Findings[0].Rule)
	}
	out.WriteString("\n")
	for _, f := range r.Suppressed {
		indent(out, "  accepted: ", fmt.Sprintf("%s at %s: %s", f.Rule, f.Object, f.Suppressed))
	}
}

func amount(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
