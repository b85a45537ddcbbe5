package verify

import "testing"

func TestOutcome(t *testing.T) {
	report := func(run, loss Verdict) Report {
		return Report{Verdict: run, Claims: []Judgement{{ID: "no-acked-loss", Verdict: loss}}}
	}
	caught := Expectation{Violated, "no-acked-loss"}
	for _, c := range []struct {
		name string
		e    Expectation
		r    Report
		want Verdict
	}{
		{"nothing special is expected", Expectation{}, report(Inconclusive, Valid), Inconclusive},
		{"caught", caught, report(Violated, Violated), Valid},
		{"judged valid", caught, report(Valid, Valid), Violated},
		{"violated by something else", caught, report(Violated, Valid), Inconclusive},
		{"nothing proved", caught, report(Inconclusive, Inconclusive), Inconclusive},
		{"not judged", caught, Report{Verdict: Violated}, Inconclusive},
		{"no fault, so nothing proved, as it has to be", Expectation{Inconclusive, "no-acked-loss"}, report(Inconclusive, Inconclusive), Valid},
		{"a violation where nothing should be proved", Expectation{Inconclusive, "no-acked-loss"}, report(Violated, Inconclusive), Inconclusive},
	} {
		if got, why := c.e.Outcome(c.r); got != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got, why, c.want)
		}
	}
}

func TestSeveralClaimsHaveToSaySo(t *testing.T) {
	both := Expectation{Violated, "no-acked-loss and no-truncation"}
	for second, want := range map[Verdict]Verdict{Violated: Valid, Valid: Inconclusive, "": Inconclusive} {
		r := Report{Verdict: Violated, Claims: []Judgement{{ID: "no-acked-loss", Verdict: Violated}, {ID: "no-truncation", Verdict: second}}}
		if got, why := both.Outcome(r); got != want {
			t.Errorf("the second is %q: %s (%s), want %s", second, got, why, want)
		}
	}
}
