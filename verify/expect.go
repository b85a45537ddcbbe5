package verify

import "fmt"

// Expectation is the verdict that an experiment has to end with: a negative control, or a release with a known bug, must
// be caught. The zero value expects that every claim holds.
type Expectation struct {
	Verdict Verdict
	By      string // id of the claim that has to say so; empty where all have to hold
}

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
	claim, _ := r.Claim(e.By)
	switch {
	case claim.Verdict == e.Verdict && r.Verdict == e.Verdict:
		return Valid, fmt.Sprintf("%s is %s, as it has to be", e.By, e.Verdict)
	case r.Verdict == Valid:
		return Violated, fmt.Sprintf("it was judged valid, but %s has to be %s: no verdict of this build can be believed", e.By, e.Verdict)
	}
	return Inconclusive, fmt.Sprintf("%s has to be %s and is %q; the run as a whole is %s", e.By, e.Verdict, claim.Verdict, r.Verdict)
}
