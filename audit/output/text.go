package output

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// width is that of a terminal's line.
const width = 110

// Text writes a report for reading: the findings by consequence, each once with all of its places, the promise, and what
// could not be told.
func Text(w io.Writer, r audit.Report, o TextOptions) error {
	p := &page{fixes: map[string]string{}}
	findings, folded := r.Findings, []string{}
	if r.SingleNode && !o.All {
		findings, folded = fold(r.Findings)
	}
	p.findings(findings)
	if len(folded) > 0 {
		p.indent("", fmt.Sprintf("A single-node set-up: %s about high availability (%s); --all shows them.", amount(len(folded), "finding"), strings.Join(unique(folded), ", ")))
		p.line("")
	}
	p.promises(r.Promise)
	p.unresolved(r)
	if r.Error == "" { // no counts of nothing
		p.total(r)
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

// page is a text that is being written, with the rule under which each longer fix stands in it.
type page struct {
	out   strings.Builder
	fixes map[string]string
}

func (p *page) line(text string) { p.out.WriteString(text + "\n") }

// findings writes those of each consequence below its heading.
func (p *page) findings(all []rules.Finding) {
	heading := ""
	for i := 0; i < len(all); {
		f, end := all[i], i+1
		for end < len(all) && all[end].Rule == f.Rule && all[end].Severity == f.Severity {
			end++
		}
		if title := title(f); title != heading {
			heading = title
			p.line("-- " + title + " --\n")
		}
		p.rule(all[i:end])
		i = end
	}
}

func title(f rules.Finding) string {
	if f.Severity == rules.Info {
		return "For information"
	}
	for _, c := range rules.Consequences {
		if c.Consequence == f.Consequence {
			return c.Title
		}
	}
	return "Other"
}

// rule writes all that one rule found.
func (p *page) rule(found []rules.Finding) {
	f := found[0]
	p.line(strings.ToUpper(string(f.Severity)) + " " + f.Rule)
	for _, s := range alike(found) {
		p.places(s.at)
		p.indent("    ", s.text())
		p.fix(f.Rule, s.remedy())
	}
	p.line("")
}

func (p *page) places(found []rules.Finding) {
	lines := make([]string, 0, len(found))
	for _, each := range found {
		lines = append(lines, "  "+each.Object+"  "+place(each.File, each.Line, each.RenderedLine))
	}
	lines = unique(lines)
	for i, line := range lines {
		if i == shown && len(lines) > shown+1 {
			p.line("  and " + amount(len(lines)-shown, "other"))
			return
		}
		p.line(line)
	}
}

// shortFix is the length up to which a fix is printed again rather than referred to.
const shortFix = 60

// fix writes a fix, a longer one once.
func (p *page) fix(rule, text string) {
	if above, again := p.fixes[text]; again && (len(text) > shortFix || above == rule) {
		p.line("    fix: as above, under " + above)
		return
	}
	p.fixes[text] = rule
	lines := strings.Split(text, "\n")
	p.indent("    fix: ", lines[0])
	for _, line := range lines[1:] {
		p.line("         " + line)
	}
}

func place(file string, line, rendered int) string {
	switch {
	case line > 0:
		return fmt.Sprintf("%s:%d", file, line)
	case rendered > 0:
		return fmt.Sprintf("%s, rendered line %d", file, rendered)
	}
	return file
}

func (p *page) indent(lead, text string) { indent(&p.out, lead, text) }

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

// availability holds the rules that ask for a second copy of something. A single node has none on purpose.
var availability = []string{
	"one-broker-group", "few-nameservers", "master-without-slave", "no-disruption-budget", "single-proxy", "controller-quorum",
	"copies-share-node", "copies-prefer-apart", "no-readiness",
}

// fold takes out what a single-node set-up is not blamed for.
func fold(all []rules.Finding) (kept []rules.Finding, folded []string) {
	for _, f := range all {
		if slices.Contains(availability, f.Rule) && f.Severity != rules.Error {
			folded = append(folded, f.Rule)
			continue
		}
		kept = append(kept, f)
	}
	return kept, folded
}

// unique drops repetitions and keeps the order.
func unique(all []string) []string {
	var kept []string
	for _, each := range all {
		if !slices.Contains(kept, each) {
			kept = append(kept, each)
		}
	}
	return kept
}

// total counts what was found, and names what is accepted.
func (p *page) total(r audit.Report) {
	p.out.WriteString(counts(r))
	if len(r.Findings) > 0 {
		fmt.Fprintf(&p.out, ". More about a finding: rmqproof audit --explain %s", r.Findings[0].Rule)
	}
	p.line("")
	for _, f := range r.Suppressed {
		p.indent("  accepted: ", fmt.Sprintf("%s at %s: %s", f.Rule, f.Object, f.Suppressed))
	}
}

func counts(r audit.Report) string {
	count := map[rules.Severity]int{}
	for _, f := range r.Findings {
		count[f.Severity]++
	}
	text := fmt.Sprintf("%s, %s, %d for information", amount(count[rules.Error], "error"), amount(count[rules.Warning], "warning"), count[rules.Info])
	if n := len(r.Suppressed); n > 0 {
		text += fmt.Sprintf("; %d accepted", n)
	}
	return text + fmt.Sprintf("; %s read, %d passed over", amount(r.Objects, "object"), r.PassedOver)
}
