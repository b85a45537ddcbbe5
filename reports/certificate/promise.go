package certificate

import (
	"fmt"

	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// The words of the audit's promise that something is held against.
const (
	kept        = "kept"
	lostUpTo    = "lost-up-to"
	sameGroup   = "same-group"
	otherGroups = "other-groups"
)

// broken lists what a run breaks of a promise. Only what surely broke counts: a loss that the judge decided, and a fault
// during which the clients tried and nobody acknowledged anything.
func (p Promise) broken(s *Seen) []string {
	out := []string{}
	if p.Failure == "" || s == nil {
		return out
	}
	switch {
	case s.Lost == nil || *s.Lost == 0:
	case p.Acknowledged == kept:
		out = append(out, fmt.Sprintf("promised: under %s every acknowledged message is kept; seen: %s lost", p.Failure, wording.Plural(*s.Lost, "message", "messages")))
	case p.Acknowledged == lostUpTo && p.UpTo > 0 && *s.RecoveryPoint > p.UpTo:
		out = append(out, fmt.Sprintf("promised: under %s at most the last %s are lost; seen: messages lost that were acknowledged %s before", p.Failure, wording.Span(p.UpTo), wording.Span(*s.RecoveryPoint)))
	}
	if (p.Sends == sameGroup || p.Sends == otherGroups) && s.Tried > 0 && s.Acks == 0 {
		out = append(out, fmt.Sprintf("promised: under %s sends go on (%s); seen: none of %s was acknowledged while the fault held", p.Failure, p.Sends, wording.Plural(s.Tried, "send", "sends")))
	}
	return out
}

// conclude sets the verdict and the reasons: what the configuration promised and did not keep stands first.
func (c *Certificate) conclude() {
	c.Verdict, c.Reasons = verify.Valid, []string{}
	var violated, demanded, open []string
	for _, s := range c.Scenarios {
		for _, b := range s.Broken {
			c.Verdict, c.Reasons = verify.Violated, append(c.Reasons, "A promise was broken in "+s.Name+": "+b)
		}
		c.Verdict = verify.Worst(c.Verdict, s.Verdict)
		switch {
		case s.Verdict == verify.Violated:
			violated = append(violated, fmt.Sprintf("%s is violated: %s", s.Name, list(s.Violated, s.Problem)))
		case s.NotRun != "":
			open = append(open, fmt.Sprintf("%s was not run: %s", s.Name, s.NotRun))
		case s.Verdict != verify.Valid:
			open = append(open, fmt.Sprintf("%s is inconclusive: %s", s.Name, list(s.Undecided, s.Problem)))
		}
		for _, a := range s.Demanded {
			c.Verdict = verify.Worst(c.Verdict, a.Answer)
			switch a.Answer {
			case verify.Valid:
			case verify.Violated:
				demanded = append(demanded, fmt.Sprintf("%s does not meet the demand %s", s.Name, a.Demand))
			default:
				open = append(open, fmt.Sprintf("%s leaves the demand %s undecided", s.Name, a.Demand))
			}
		}
	}
	for _, more := range [][]string{violated, demanded, open} {
		c.Reasons = append(c.Reasons, more...)
	}
	if len(c.Scenarios) == 0 {
		c.Verdict, c.Reasons = verify.Inconclusive, append(c.Reasons, "the profile has no scenario")
	}
	c.Certified = c.Verdict == verify.Valid
}
