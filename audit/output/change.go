package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/rmqproof/rmqproof/audit/compare"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// changeText writes a comparison for reading: what got worse first, what is new in full, what is gone in a line each.
func changeText(w io.Writer, c compare.Change) error {
	p := &page{fixes: map[string]string{}}
	for _, part := range []struct {
		state compare.State
		title string
	}{
		{compare.Worse, "Promises that got worse"}, {compare.Changed, "Promises that changed"}, {compare.Better, "Promises that got better"},
		{compare.New, "Promises of new groups"}, {compare.Gone, "Promises of groups that are gone"},
	} {
		p.promised(c, part.state, part.title)
	}
	if fresh := c.New(); len(fresh) > 0 {
		p.line("New or more severe findings\n")
		p.findings(fresh)
	}
	p.became(c, compare.Changed, "Findings in other words, or of another object")
	p.became(c, compare.Better, "Findings that are less severe")
	p.became(c, compare.Gone, "Findings that are gone")
	p.line(tally(c))
	_, err := io.WriteString(w, p.out.String())
	return err
}

// promised writes the promises of one state: of a failure the groups that it concerns, in one line.
func (p *page) promised(c compare.Change, state compare.State, title string) {
	groups := map[string][]compare.Promise{}
	var order []string
	for _, each := range c.Promises {
		if each.State == state {
			key := meaning(each.Failure) + ": " + change(each)
			if groups[key] == nil {
				order = append(order, key)
			}
			groups[key] = append(groups[key], each)
		}
	}
	if len(order) == 0 {
		return
	}
	p.line(title)
	for _, key := range order {
		p.indent("  - ", key+" ("+owners(groups[key])+")")
	}
	p.line("")
}

// owners names the groups, with that word once, and the clusters whose weakest group is meant.
func owners(all []compare.Promise) string {
	var groups, clusters []string
	for _, p := range all {
		if p.Group == "" {
			clusters = append(clusters, whose(p))
			continue
		}
		groups = append(groups, p.Group)
	}
	switch len(groups) {
	case 0:
		return list(clusters)
	case 1:
		return list(append([]string{"group " + groups[0]}, clusters...))
	}
	return strings.Join(append([]string{"groups " + list(groups)}, clusters...), "; ")
}

// whose names the group, or the weakest one of a cluster whose groups came or went.
func whose(p compare.Promise) string {
	if p.Group == "" {
		return "the weakest group of cluster " + named(p.Cluster)
	}
	return "group " + p.Group
}

func meaning(f promise.Failure) string {
	for _, each := range promise.Failures {
		if each.Failure == f {
			return each.Meaning
		}
	}
	return string(f)
}

func change(p compare.Promise) string {
	switch {
	case p.Before == nil:
		return brief(p.After)
	case p.After == nil:
		return "was " + brief(p.Before)
	}
	return "was " + brief(p.Before) + "; is " + brief(p.After) + ". " + capital(p.After.Why) + "."
}

func capital(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// became lists findings of one state, a line each.
func (p *page) became(c compare.Change, state compare.State, title string) {
	seen := false
	for _, f := range c.Findings {
		if f.State != state {
			continue
		}
		if !seen {
			p.line(title)
			seen = true
		}
		p.indent("  - ", fmt.Sprintf("%s %s at %s: %s", f.Severity, f.Rule, f.Object, f.Message))
	}
	if seen {
		p.line("")
	}
}

// tally counts both kinds.
func tally(c compare.Change) string {
	promises, findings := map[compare.State]int{}, map[compare.State]int{}
	for _, p := range c.Promises {
		promises[p.State]++
	}
	for _, f := range c.Findings {
		findings[f.State]++
	}
	severe := 0
	for _, f := range c.New() {
		if f.Severity == rules.Error {
			severe++
		}
	}
	return fmt.Sprintf("promises: %d worse, %d better, %d the same, %d new, %d gone; findings: %d new or more severe (%s), %d gone, %d as before",
		promises[compare.Worse], promises[compare.Better], promises[compare.Same]+promises[compare.Changed], promises[compare.New], promises[compare.Gone],
		len(c.New()), amount(severe, "error"), findings[compare.Gone], findings[compare.Same]+findings[compare.Changed]+findings[compare.Better])
}
