package reports

import (
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/verify"
)

// Outcome is the experiment's verdict held against what it has to end with, and why where the two differ from each other
// by more than a word. A violation stands also where a step of the experiment failed.
func (e Experiment) Outcome() (verify.Verdict, string) {
	if e.Expect.Zero() {
		return e.Verdict(), ""
	}
	return e.Expect.Outcome(e.Report)
}

// Outcome is the worst of the experiments'. A run without any proved nothing.
func (r Run) Outcome() verify.Verdict {
	v := verify.Valid
	if len(r.Experiments) == 0 || r.Error != "" {
		v = verify.Inconclusive
	}
	for _, e := range r.Experiments {
		outcome, _ := e.Outcome()
		v = verify.Worst(v, outcome)
	}
	return v
}

// Said says in the words of its claims how an experiment ended: one line where all is well.
func (e Experiment) Said() string {
	outcome, why := e.Outcome()
	if outcome == verify.Valid && why != "" {
		return fmt.Sprintf("%s: CAUGHT. %s", e.Name, why)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Name, strings.ToUpper(string(outcome)))
	if outcome == verify.Valid {
		return b.String()
	}
	if why != "" {
		fmt.Fprintf(&b, ". %s", why)
	}
	for _, c := range e.Report.Claims {
		if c.Verdict != verify.Valid {
			fmt.Fprintf(&b, "\n  %s: %s. %s", c.ID, strings.ToUpper(string(c.Verdict)), c.Why)
		}
	}
	if e.Error != "" {
		fmt.Fprintf(&b, "\n  the experiment itself: %s", e.Error)
	}
	return b.String()
}
