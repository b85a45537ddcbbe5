package verify

import (
	"fmt"
	"strings"
)

// Expectation is the verdict that an experiment has to end with: a negative control, or a release with a known bug, must
// be caught. The zero value expects that every claim holds.
type Expectation struct {
	Verdict Verdict
	By      string // id of the claim that has to say so, or of several, as Each joins them; empty where all have to hold
}

// Each is the text of claims that all have to say so.
func Each(all ...Claim) string {
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID())
	}
	return strings.Join(ids, together)
}

const together = " and "

// Zero tells whether nothing but a valid run is expected.
func (e Expectation) Zero() bool { return e.Verdict == "" || e.Verdict == Valid }

func (e Expectation) String() string {
	if e.Zero() {
		return string(Valid)
	}
	return fmt.Sprintf("%s by %s", e.Verdict, e.By)
}

// Outcome is valid where the report says what was expected. A report that is better than expected is a violation: the
// judge, or the fault, has missed what is known to be there. Any other difference proves nothing.
func (e Expectation) Outcome(r Report) (Verdict, string) {
	if e.Zero() {
		return r.Verdict, ""
	}
	if r.Verdict == Valid {
		return Violated, fmt.Sprintf("it was judged valid, but %s has to be %s: no verdict of this build can be believed", e.By, e.Verdict)
	}
	for id := range strings.SplitSeq(e.By, together) {
		if claim, _ := r.Claim(id); claim.Verdict != e.Verdict || r.Verdict != e.Verdict {
			return Inconclusive, fmt.Sprintf("%s has to be %s and is %q; the run as a whole is %s", id, e.Verdict, claim.Verdict, r.Verdict)
		}
	}
	is, be := "is", "it has"
	if strings.Contains(e.By, together) {
		is, be = "are", "they have"
	}
	return Valid, fmt.Sprintf("%s %s %s, as %s to be", e.By, is, e.Verdict, be)
}
