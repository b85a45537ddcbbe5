// Package rules holds what can be wrong with a RocketMQ cluster on Kubernetes: each rule is one value, with its
// explanation, its fix, where it is known from, and an example that is its documentation and its test.
package rules

import (
	"fmt"
	"sort"

	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// Severity says how bad a finding is.
type Severity string

// The severities.
const (
	// Error: acknowledged messages can be lost, or the cluster cannot work.
	Error Severity = "error"
	// Warning: an outage, or a trap for whoever operates the cluster.
	Warning Severity = "warning"
	// Info: worth knowing, nothing to repair.
	Info Severity = "info"
)

// Rank orders severities, the worst first.
func (s Severity) Rank() int {
	return map[Severity]int{Error: 0, Warning: 1, Info: 2}[s]
}

// Finding is one mistake at one place.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Object   string   `json:"object"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	// RenderedLine stands in for Line where only the line of the rendered file is known.
	RenderedLine int    `json:"renderedLine,omitempty"`
	Message      string `json:"message"`
	Fix          string `json:"fix"`
	Source       string `json:"source"`
	// Consequence is what the mistake leads to.
	Consequence Consequence `json:"consequence"`
	// Suppressed is the reason for which somebody accepts the finding.
	Suppressed string `json:"suppressed,omitempty"`
}

// Rule is one thing that can be wrong.
type Rule struct {
	ID       string
	Category string
	Severity Severity
	// Title is the mistake in a few words, Explain what it does to a user under which failure.
	Title, Explain string
	// Source is a page of the documentation, an issue of the project, or a measurement.
	Source  string
	Example Example
	// Loses are the failures under which what the rule finds loses acknowledged messages; Stops says that no message is
	// taken at all. A promise says neither otherwise.
	Loses []promise.Failure
	Stops bool
	check func(*run)
}

// Example is a sound layout and the change that breaks it.
type Example struct {
	// On names a layout of the folder layouts.
	On string
	// Sound is a text of the layout, Broken what stands there instead; without Sound, Broken is added as a
	// further document.
	Sound, Broken string
	// Clean names a layout without the mistake, for a rule that finds it in all of On.
	Clean string
	// Also are further changes that the mistake takes.
	Also []Change
}

// Change puts one text in the place of another.
type Change struct{ Sound, Broken string }

// run is one rule at work on one model.
type run struct {
	*model.Model
	rule  *Rule
	found map[sight]bool
	out   []Finding
	// severity is that of the next finding when it is not the rule's own.
	severity Severity
	// at is the group that is looked at, nil outside a walk over groups or brokers.
	at     *model.Group
	doubts []promise.Doubt
}

// sight is what makes a finding another one than those before.
type sight struct {
	object, message, fix string
	at                   node.Pos
}

// mostFindings bounds what one rule lists.
const mostFindings = 1000

// as reports at another severity than the rule's own, for a case that is milder or worse than most.
func (r *run) as(s Severity) *run {
	r.severity = s
	return r
}

// report adds a finding once.
func (r *run) report(object fmt.Stringer, at node.Pos, fix, format string, args ...any) {
	if whole, ok := object.(interface{ Pos() node.Pos }); ok && at.Line == 0 {
		at = whole.Pos() // a field that is absent has no place of its own
	}
	severity := r.rule.Severity
	if r.severity != "" {
		severity, r.severity = r.severity, ""
	}
	f := Finding{
		Rule: r.rule.ID, Severity: severity, Object: object.String(), File: at.File, Line: at.Line,
		Message: fmt.Sprintf(format, args...), Fix: fix, Source: r.rule.Source,
	}
	key := sight{f.Object, f.Message, fix, at}
	if r.found[key] {
		return
	}
	r.found[key] = true
	r.doubt(f.Object, f.Message, r.rule.Loses, r.rule.Stops)
	if len(r.out) == mostFindings {
		r.NoteOnce(f.Object, at, "every finding of "+f.Rule, fmt.Sprintf("there are more than %d of this rule, and the first so many are listed", mostFindings))
		return
	}
	r.out = append(r.out, f)
}

// doubt takes back what is promised under the failures, or that messages are taken at all.
func (r *run) doubt(object, message string, failures []promise.Failure, stops bool) {
	if len(failures) > 0 || stops {
		r.doubts = append(r.doubts, promise.Doubt{Rule: r.rule.ID, Message: message, Failures: failures, Stops: stops, Group: r.at, Object: object})
	}
}

// Check judges a model by every rule.
func Check(m *model.Model) []Finding {
	all, _ := Judge(m)
	return all
}

// Judge judges a model by every rule, and says what the findings take back of a promise.
func Judge(m *model.Model) ([]Finding, []promise.Doubt) {
	all, doubts := []Finding{}, []promise.Doubt(nil)
	rules := All()
	for i := range rules {
		r := &run{Model: m, rule: &rules[i], found: map[sight]bool{}}
		rules[i].check(r)
		for _, f := range r.out {
			f.Consequence = rules[i].Consequence()
			all = append(all, f)
		}
		doubts = append(doubts, r.doubts...)
	}
	sort.SliceStable(all, func(i, j int) bool { return less(all[i], all[j]) })
	return all, doubts
}

// less orders by consequence, the worst first, and what is only for information last.
func less(a, b Finding) bool {
	switch {
	case (a.Severity == Info) != (b.Severity == Info):
		return b.Severity == Info
	case a.Consequence != b.Consequence:
		return a.Consequence.Rank() < b.Consequence.Rank()
	case a.Severity != b.Severity:
		return a.Severity.Rank() < b.Severity.Rank()
	case a.Rule != b.Rule:
		return a.Rule < b.Rule
	case a.Object != b.Object:
		return a.Object < b.Object
	case a.File != b.File:
		return a.File < b.File
	}
	return a.Line < b.Line
}

// All returns every rule, by category and name.
func All() []Rule {
	var all []Rule
	for _, c := range categories {
		for _, table := range c.tables {
			for _, rule := range table {
				rule.Category = c.name
				all = append(all, rule)
			}
		}
	}
	return all
}

// Find returns a rule by its id.
func Find(id string) (Rule, bool) {
	for _, r := range All() {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// categories in the order in which a reader meets them.
var categories = []struct {
	name   string
	tables [][]Rule
}{
	{"identity", [][]Rule{identity, settings, suppression}},
	{"durability", [][]Rule{acknowledgement, storage, dledger}},
	{"availability", [][]Rule{topology, spread, budgets, probes, processes, commands, updates, services, addresses, resolver, proxies, controllers, network}},
	{"resources", [][]Rule{resources, heap}},
	{"security", [][]Rule{security, inner}},
	{"versions", [][]Rule{versions, bugRules()}},
}
