package audit

import (
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// suppressions holds what annotations accept: by object, or by namespace.
type suppressions map[string]map[string]string

// annotations collects the suppressions of all objects. One on a Namespace holds for everything in it.
func annotations(m *model.Model) suppressions {
	all := suppressions{}
	for _, o := range m.Objects {
		key := o.String()
		if o.Kind == "Namespace" {
			key = "namespace " + o.Name
		}
		for _, text := range rules.SuppressionsOf(o) {
			accepted, _ := rules.ParseSuppressions(text) // a rule of its own speaks of those that are not well formed
			for rule, reason := range accepted {
				if all[key] == nil {
					all[key] = map[string]string{}
				}
				all[key][rule] = reason
			}
		}
	}
	return all
}

// reason says why a finding is accepted, "" when it is not.
func (s suppressions) reason(f rules.Finding, everywhere map[string]string) string {
	if reason := everywhere[f.Rule]; reason != "" {
		return reason
	}
	if reason := s[f.Object][f.Rule]; reason != "" {
		return reason
	}
	if parts := strings.Split(f.Object, "/"); len(parts) == 3 {
		return s["namespace "+parts[1]][f.Rule]
	}
	return ""
}

// ParseSuppress reads RULE=reason as the command line gives it.
func ParseSuppress(values []string) (map[string]string, error) {
	all := map[string]string{}
	for _, v := range values {
		accepted, err := rules.ParseSuppressions(v)
		if err != nil {
			return nil, fmt.Errorf("--suppress %q: %w", v, err)
		}
		for rule, reason := range accepted {
			all[rule] = reason
		}
	}
	return all, nil
}
