package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// Explain writes everything about one rule: what it means, what to do, and a broken and a sound example.
func Explain(w io.Writer, r rules.Rule) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s (%s, %s)\n%s\n\n", r.ID, r.Severity, r.Category, r.Title)
	indent(&out, "", r.Explain)
	f, err := sample(r)
	if err != nil {
		return err
	}
	fmt.Fprintf(&out, "\nIt says, for instance:\n")
	indent(&out, "  ", f.Message)
	fmt.Fprintf(&out, "\nFix:\n%s\n", shift(f.Fix))
	if r.Example.Broken != "" {
		fmt.Fprintf(&out, "\nBroken:\n%s\n", shift(r.Example.Broken))
	}
	if r.Example.Sound != "" {
		fmt.Fprintf(&out, "\nSound:\n%s\n", shift(r.Example.Sound))
	}
	fmt.Fprintf(&out, "\nSource: %s\nAccept it with a reason: --suppress %s=<reason>, or the annotation %s.\n", r.Source, r.ID, rules.Annotation)
	_, err = io.WriteString(w, out.String())
	return err
}

// shift indents every line of an example.
func shift(text string) string {
	var all []string
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			line = strings.TrimPrefix(line, strings.Repeat(" ", common(text)))
		}
		all = append(all, "  "+line)
	}
	return strings.Join(all, "\n")
}

// common is the least indentation of the lines after the first, whose own is cut off in an example.
func common(text string) int {
	least := -1
	for _, line := range strings.Split(text, "\n")[1:] {
		if n := len(line) - len(strings.TrimLeft(line, " ")); least < 0 || n < least {
			least = n
		}
	}
	return max(least, 0)
}

// sample is what the rule finds in its own example.
func sample(r rules.Rule) (rules.Finding, error) {
	layout, err := rules.Layout(r.Example.On)
	if err != nil {
		return rules.Finding{}, err
	}
	set, err := input.Parse([]byte(r.Example.Break(layout)), r.Example.On+".yaml")
	if err != nil {
		return rules.Finding{}, fmt.Errorf("the example of %s: %w", r.ID, err)
	}
	for _, f := range rules.Check(model.Build(set)) {
		if f.Rule == r.ID {
			return f, nil
		}
	}
	return rules.Finding{}, fmt.Errorf("rule %s does not find its own example", r.ID)
}

// List writes one line a rule.
func List(w io.Writer) error {
	var out strings.Builder
	for _, r := range rules.All() {
		fmt.Fprintf(&out, "%-12s %-7s %-27s %s\n", r.Category, r.Severity, r.ID, r.Title)
	}
	_, err := io.WriteString(w, out.String())
	return err
}
