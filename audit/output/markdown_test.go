package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

const head = `# What the audit looks for

This page is made from the rules themselves: change them in audit/rules and run
` + "`go test ./audit/output -update`" + `. How to use the audit, and how to get from a finding to its fix:
[audit-guide.md](audit-guide.md).

- **error**: acknowledged messages can be lost, or the cluster cannot work.
- **warning**: an outage, or a trap for whoever operates the cluster.
- **info**: worth knowing, nothing to repair.

`

// Markdown writes the documentation of all rules, and of the promise.
func Markdown(w io.Writer) error {
	var out strings.Builder
	out.WriteString(head)
	var versions []string
	for _, v := range keys.Versions() {
		versions = append(versions, v.String())
	}
	all := rules.All()
	fmt.Fprintf(&out, "%d rules. Keys and defaults are known for the releases %s.\n\n", len(all), strings.Join(versions, ", "))
	category := ""
	for _, r := range all {
		if r.Category != category {
			category = r.Category
			fmt.Fprintf(&out, "\n## %s\n\n| rule | severity | |\n|---|---|---|\n", category)
			for _, other := range all {
				if other.Category == category {
					fmt.Fprintf(&out, "| [%s](#%s) | %s | %s |\n", other.ID, other.ID, other.Severity, other.Title)
				}
			}
		}
	}
	for _, r := range all {
		if err := section(&out, r); err != nil {
			return err
		}
	}
	failures(&out)
	_, err := io.WriteString(w, out.String())
	return err
}

func section(out *strings.Builder, r rules.Rule) error {
	f, err := sample(r)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n### %s\n\n%s (%s, %s). %s\n\n", r.ID, r.Title, r.Severity, r.Category, r.Explain)
	fmt.Fprintf(out, "Says: *%s*\n\nFix:\n\n```\n%s\n```\n\n", strings.ReplaceAll(f.Message, "*", "\\*"), f.Fix)
	if r.Example.Broken != "" {
		fmt.Fprintf(out, "Broken (in the layout `%s`):\n\n```\n%s\n```\n\n", r.Example.On, unshift(r.Example.Broken))
	}
	if r.Example.Sound != "" {
		fmt.Fprintf(out, "Sound:\n\n```\n%s\n```\n\n", unshift(r.Example.Sound))
	}
	fmt.Fprintf(out, "Source: %s\n", r.Source)
	return nil
}

// unshift removes the indentation that an example has in its layout.
func unshift(text string) string {
	lines := strings.Split(text, "\n")
	for i := 1; i < len(lines); i++ {
		lines[i] = strings.TrimPrefix(lines[i], strings.Repeat(" ", common(text)))
	}
	return strings.Join(lines, "\n")
}

func failures(out *strings.Builder) {
	out.WriteString("\n## The failures of the promise\n\n| failure | what happens |\n|---|---|\n")
	for _, f := range promise.Failures {
		fmt.Fprintf(out, "| %s | %s. |\n", f.Failure, f.Meaning)
	}
	fmt.Fprintf(out, "\nVersion %s of the JSON form; its schema is audit/promise/schema.json.\n", promise.Version)
}
