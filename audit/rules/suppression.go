package rules

import (
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
)

// Annotation is the key under which an object accepts findings: one RULE=reason a line.
const Annotation = "audit.rmqproof.io/suppress"

var suppression = []Rule{
	{
		ID: "suppression-invalid", Severity: Warning, Title: "A suppression without a rule or a reason",
		Explain: "An accepted finding needs a reason that the next reader can judge. One without, or for a rule that does not exist, " +
			"accepts nothing.",
		Source:  "docs/audit.md",
		Example: Example{On: "static", Sound: "metadata: {name: broker-a-master, namespace: mq}\nspec:", Broken: "metadata: {name: broker-a-master, namespace: mq, annotations: {audit.rmqproof.io/suppress: one-broker-group}}\nspec:"},
		check: func(r *run) {
			for _, o := range r.Objects {
				for _, text := range SuppressionsOf(o) {
					if _, err := ParseSuppressions(text); err != nil {
						r.report(o, o.Pos(), Annotation+": |\n  <rule>=<reason>", "The annotation %s accepts nothing in part: %v.", Annotation, err)
					}
				}
			}
		},
	},
}

// exists is set at the start: the table of all rules cannot refer to itself.
var exists func(string) bool

func init() {
	exists = func(id string) bool { _, ok := Find(id); return ok }
}

// SuppressionsOf returns an object's annotations and those of its pods.
func SuppressionsOf(o input.Object) []string {
	var all []string
	for _, path := range [][]string{
		{"metadata", "annotations", Annotation},
		{"spec", "template", "metadata", "annotations", Annotation},
	} {
		if text := o.Value.Get(path...).Text(); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// ParseSuppressions reads lines of RULE=reason; what is well formed is returned beside the error.
func ParseSuppressions(text string) (map[string]string, error) {
	all := map[string]string{}
	var fault error
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		rule, reason, ok := strings.Cut(line, "=")
		rule, reason = strings.TrimSpace(rule), strings.TrimSpace(reason)
		switch {
		case !exists(rule):
			fault = fmt.Errorf("%q is no rule (rmqproof audit --rules lists them)", rule)
		case !ok || reason == "":
			fault = fmt.Errorf("%s has no reason: write %s=<reason>", rule, rule)
		default:
			all[rule] = reason
		}
	}
	return all, fault
}
