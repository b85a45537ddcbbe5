package reports

import (
	"path/filepath"
	"strings"

	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

const settleElse = "Its reason above names what was missing. Run it again once that is mended."

// next lists what to do now, for a person who has just read that an experiment was not valid.
func (e Experiment) next() []string {
	if e.Verdict() == verify.Valid {
		return nil
	}
	var steps []string
	if e.Error != "" {
		steps = append(steps, "The experiment itself did not go as planned; begin with its error above.")
	}
	for _, c := range e.Report.Claims {
		if step := stepFor(c); step != "" {
			steps = append(steps, c.ID+": "+step)
		}
	}
	if e.History != "" {
		steps = append(steps, "Open "+TimelineFile+" and zoom to the fault.")
	}
	if len(e.Meta.Evidence) > 0 {
		steps = append(steps, "Read the evidence kept beside this report: "+strings.Join(e.Meta.Evidence, ", ")+".")
	}
	if e.History != "" {
		steps = append(steps, "Judge the saved history again, offline: rmqproof judge "+filepath.Base(e.History)+".")
	}
	return steps
}

// stepFor says what to do about a claim that is not valid: for a check of the experiment always, for a claim about
// the cluster where it is violated.
func stepFor(c verify.Judgement) string {
	k, known := claims.Named(c.ID)
	switch {
	case c.Verdict == verify.Valid:
		return ""
	case known && (c.Verdict == verify.Violated || k.Section == claims.Experiment):
		return k.Doc.NextStep
	case c.Verdict == verify.Violated:
		return ""
	}
	return settleElse
}
