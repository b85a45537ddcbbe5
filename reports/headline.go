package reports

import (
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/reports/plot"
	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// judgedOf is what a picture marks of the judge's report.
func judgedOf(r verify.Report) plot.Judged {
	out := plot.Judged{Outages: map[string][]plot.Interval{}, Marks: marksOf(r)}
	for _, g := range r.Availability.Groups {
		for _, o := range g.Outages {
			out.Outages[g.Group] = append(out.Outages[g.Group], plot.Interval{Start: o.Start, End: o.End, Open: o.Open})
		}
	}
	return out
}

// longestWords words a group's longest outage.
func longestWords(g verify.GroupAvailability) string {
	return wording.Lasted(g.Longest, longestIsOpen(g))
}

func atLeast(g verify.GroupAvailability) string {
	if longestIsOpen(g) {
		return "at least "
	}
	return ""
}

func longestIsOpen(g verify.GroupAvailability) bool {
	return slices.ContainsFunc(g.Outages, func(o verify.Outage) bool { return o.Open && o.Length() >= g.Longest })
}

// claim finds a claim of the report.
func claim(r verify.Report, id string) (verify.Judgement, bool) {
	for _, c := range r.Claims {
		if c.ID == id {
			return c, true
		}
	}
	return verify.Judgement{}, false
}

// acknowledged is the number of acknowledged sends.
func acknowledged(r verify.Report) int64 {
	if c, ok := claim(r, claims.NoAckedLoss().ID()); ok && c.Counts["acknowledged"] > 0 {
		return c.Counts["acknowledged"]
	}
	return r.Availability.Sends.OK
}

// lost words the loss: a number only where the judge decided it.
func lost(r verify.Report) (words string, bad bool) {
	c, judged := claim(r, claims.NoAckedLoss().ID())
	switch {
	case !judged:
		return "not judged", false
	case c.Verdict == verify.Inconclusive:
		return "undecided", false
	}
	return wording.Count(c.Counts["lost"]), c.Verdict == verify.Violated
}

// headline says in one or two sentences what was seen.
func (e Experiment) headline() string {
	acks := wording.Plural(acknowledged(e.Report), "send", "sends") + " acknowledged, "
	words, bad := lost(e.Report)
	switch {
	case bad:
		acks += words + " of them lost."
	case words == "0":
		acks += "none lost."
	default:
		acks += "loss " + words + "."
	}
	parts := []string{acks}
	if v := e.violated(); len(v) > 0 {
		parts = append(parts, "Violated: "+strings.Join(v, ", ")+".")
	}
	if out := outageSentence(e.Report.Availability); out != "" {
		parts = append(parts, out)
	}
	return strings.Join(parts, " ")
}

// violated lists the violated claims.
func (e Experiment) violated() (ids []string) {
	for _, c := range e.Report.Claims {
		if c.Verdict == verify.Violated {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func outageSentence(a verify.Availability) string {
	var out []string
	for _, g := range a.Groups {
		if len(g.Outages) == 0 {
			continue
		}
		words := g.Group + " was out for " + atLeast(g) + wording.Span(g.Longest)
		if len(g.Outages) > 1 {
			words = g.Group + " was out " + wording.Count(int64(len(g.Outages))) + " times, the longest " + atLeast(g) + wording.Span(g.Longest)
		}
		out = append(out, words)
	}
	switch {
	case len(out) > 0:
		return wording.Clip(strings.Join(out, "; "), 300) + "."
	case len(a.Groups) > 0:
		return "No broker group had an outage."
	}
	return ""
}

// recoveryWords words how long one group, or the clients, took to recover from a fault.
func recoveryWords(r verify.Recovery) string {
	switch {
	case !r.Interrupted:
		return "not interrupted"
	case !r.Recovered:
		return "not within " + wording.Span(r.Took)
	}
	return wording.Span(r.Took)
}

// slowest is the worst recovery of a group, or false where no fault was judged.
func slowest(all []verify.Recovery) (worst verify.Recovery, ok bool) {
	for _, r := range all {
		if !ok || harder(r, worst) {
			worst, ok = r, true
		}
	}
	return worst, ok
}

func harder(a, b verify.Recovery) bool {
	if a.Interrupted != b.Interrupted {
		return a.Interrupted
	}
	if a.Interrupted && a.Recovered != b.Recovered {
		return !a.Recovered
	}
	return a.Took > b.Took
}

// longest is the group with the longest outage, or the first where there was none.
func longest(groups []verify.GroupAvailability) (worst verify.GroupAvailability) {
	for i, g := range groups {
		if i == 0 || g.Longest > worst.Longest {
			worst = g
		}
	}
	return worst
}
