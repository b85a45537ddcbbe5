package output

import (
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// promises writes what each cluster promises: once for groups that promise the same, and once for failures that end alike.
func (p *page) promises(all promise.Promise) {
	for _, c := range all.Clusters {
		p.line("What cluster " + named(c.Name) + " promises")
		same := groupsAlike(c.Groups)
		for _, groups := range same {
			var names []string
			for _, g := range groups {
				names = append(names, named(g.Name))
			}
			if len(same) > 1 || len(names) == 1 {
				p.indent("  ", fmt.Sprintf("%s %s (%s)", one(len(names), "group", "groups"), strings.Join(names, ", "), groups[0].Mode))
			}
			p.outcomes(groups[0].Outcomes)
		}
		p.line("")
	}
}

func one(n int, single, many string) string {
	if n == 1 {
		return single
	}
	return many
}

func named(name string) string {
	if name == "" {
		return "of unknown name"
	}
	return name
}

// groupsAlike sorts groups by what they promise.
func groupsAlike(all []promise.Group) [][]promise.Group {
	var same [][]promise.Group
	at := map[string]int{}
	for _, g := range all {
		key := g.Mode
		for _, o := range g.Outcomes {
			key += "\x00" + o.Sentence
		}
		i, seen := at[key]
		if !seen {
			i = len(same)
			at[key] = i
			same = append(same, nil)
		}
		same[i] = append(same[i], g)
	}
	return same
}

// outcomes writes one sentence for all failures that have the same end.
func (p *page) outcomes(all []promise.Outcome) {
	failures := map[string][]string{}
	var order []string
	for _, o := range all {
		failure, end := parts(o)
		if _, seen := failures[end]; !seen {
			order = append(order, end)
		}
		failures[end] = append(failures[end], failure)
	}
	for _, end := range order {
		if len(failures[end]) == len(promise.Failures) {
			p.indent("  - ", "Under every failure: "+end)
			continue
		}
		for i, failure := range failures[end][1:] {
			failures[end][i+1] = strings.ToLower(failure[:1]) + failure[1:]
		}
		p.indent("  - ", strings.Join(failures[end], "; or ")+": "+end)
	}
}

// parts cuts a sentence into the failure and its end.
func parts(o promise.Outcome) (failure, end string) {
	for _, f := range promise.Failures {
		if f.Failure == o.Failure {
			if rest, ok := strings.CutPrefix(o.Sentence, f.Meaning+": "); ok {
				return f.Meaning, rest
			}
		}
	}
	return string(o.Failure), o.Sentence
}

// unresolved writes what could not be told: the same thing of several objects once.
func (p *page) unresolved(r audit.Report) {
	if len(r.Unresolved) == 0 {
		return
	}
	objects, first := map[string][]string{}, map[string]audit.Unresolved{}
	var order []string
	for _, u := range r.Unresolved {
		key := u.What + "\x00" + u.Reason
		if _, seen := first[key]; !seen {
			first[key] = u
			order = append(order, key)
		}
		objects[key] = append(objects[key], u.Object)
	}
	p.line("Not known from the input")
	for _, key := range order {
		u := first[key]
		p.indent("  - ", fmt.Sprintf("%s (%s): %s: %s", u.What, place(u.File, u.Line, u.RenderedLine), u.Reason, list(unique(objects[key]))))
	}
	p.line("")
}

// list names a few and counts the rest.
func list(all []string) string {
	if len(all) <= 3 {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:2], ", ") + " and " + amount(len(all)-2, "other")
}
