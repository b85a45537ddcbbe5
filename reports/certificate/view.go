package certificate

import (
	"cmp"
	"strings"

	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// view is a scenario in words, for the page and for Markdown alike.
type view struct {
	Promised, Seen, Verdict, Recovery, Point, Outage string
	Demanded                                         []string
}

func (s Scenario) view() view {
	v := view{Promised: s.Promised.words(), Verdict: strings.ToUpper(string(s.Verdict)), Seen: "not run: " + s.NotRun, Recovery: "–", Point: "–", Outage: "–"}
	for _, a := range s.Demanded {
		v.Demanded = append(v.Demanded, a.Words())
	}
	if len(s.Demanded) == 0 {
		v.Demanded = []string{"–"}
	}
	switch {
	case s.NotRun != "":
		v.Verdict = "NOT RUN"
	case s.Seen == nil:
		v.Seen = list(nil, s.Problem)
	default:
		v.Seen = s.words()
		v.Recovery, v.Outage = s.Seen.Recovery.words(), wording.Span(s.Seen.LongestOutage)
		v.Point = "undecided"
		if s.Seen.RecoveryPoint != nil {
			v.Point = wording.Span(*s.Seen.RecoveryPoint)
		}
	}
	return v
}

// Words says whether a demand was met.
func (a Answer) Words() string {
	return a.Demand + ": " + map[verify.Verdict]string{verify.Valid: "met", verify.Violated: "NOT met", verify.Inconclusive: "undecided"}[a.Answer]
}

func (s Scenario) words() string {
	text := wording.Plural(s.Seen.Acknowledged, "send", "sends") + " acknowledged, "
	switch {
	case s.Seen.Lost == nil:
		text += "loss undecided"
	case *s.Seen.Lost == 0:
		text += "none lost"
	default:
		text += wording.Count(*s.Seen.Lost) + " LOST"
	}
	if len(s.Broken) > 0 {
		text = "PROMISE BROKEN. " + text
	}
	if len(s.Violated) > 0 {
		text += "; violated: " + strings.Join(s.Violated, ", ")
	}
	if len(s.Undecided) > 0 {
		text += "; undecided: " + strings.Join(s.Undecided, ", ")
	}
	if s.Problem != "" {
		text += "; " + list(nil, s.Problem)
	}
	return text
}

// words is the promise in short; its whole sentence stands once, below the table.
func (p Promise) words() string {
	if p.Failure == "" {
		return "the audit promises nothing about such a fault"
	}
	return p.Failure + ": acknowledged messages " + p.ofMessages() + ", sends " + p.ofSends()
}

func (p Promise) ofMessages() string {
	if p.UpTo > 0 {
		return p.Acknowledged + " " + wording.Span(p.UpTo)
	}
	return cmp.Or(p.Acknowledged, "nothing promised")
}

func (p Promise) ofSends() string { return cmp.Or(p.Sends, "nothing promised") }

// promised lists the promises that scenarios were held against, each once, in the audit's own sentences.
func (c Certificate) promised() (all [][2]string) {
	seen := map[string]bool{"": true}
	for _, s := range c.Scenarios {
		if p := s.Promised; !seen[p.Failure] {
			seen[p.Failure] = true
			all = append(all, [2]string{p.Failure, p.Sentence})
		}
	}
	return all
}

func (r Recovery) words() string {
	words := wording.Span(r.Took)
	switch {
	case r.Doubt != "":
		return "undecided"
	case !r.Interrupted:
		return "not interrupted"
	case !r.Recovered:
		return "not within " + words
	}
	return words
}
