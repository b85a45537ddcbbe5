package claims

import (
	"fmt"

	"github.com/rmqproof/rmqproof/history"
)

// EnoughTraffic claims that each span holds at least n acknowledgements.
func EnoughTraffic(n int64) Claim { return enoughTraffic{n} }

type enoughTraffic struct{ asked int64 }

var _ = list(Kind{ID: "enough-traffic", Section: Experiment, Figure: "500", Doc: Doc{
	Means:        "Each span holds enough traffic to say anything: acknowledgements before and after a fault, attempts while it is on.",
	Guarantee:    "None: it is a check of the experiment, never violated.",
	Inconclusive: "a span holds less than asked for, one that was announced is not there, or nothing was acknowledged",
	NextStep:     "Too few sends were acknowledged in a span. See whether the cluster was healthy before the fault, and lengthen the span or raise the rate.",
}, Default: enoughTraffic{1}, Parse: func(figure string) (Claim, error) {
	n, err := number(figure)
	return enoughTraffic{n}, err
}})

func (c enoughTraffic) ID() string            { return "enough-traffic" }
func (c enoughTraffic) String() string        { return fmt.Sprintf("%s=%d", c.ID(), c.asked) }
func (c enoughTraffic) Doc() Doc              { return docOf(c.ID()) }
func (c enoughTraffic) Applies(f *Facts) bool { return !f.Options.MessagesOnly }

func (c enoughTraffic) Judge(f *Facts) Finding {
	r := Finding{Verdict: Valid, Why: fmt.Sprintf("every span holds traffic: at least %d, with %d asked for", f.Acked, c.asked)}
	thin, least := int64(0), f.Acked
	for _, s := range f.Availability.Spans {
		n, what := s.Acks, "acknowledgements"
		if s.Phase == string(history.Fault) { // refused sends are traffic as well: what becomes of them is for other claims
			n, what = s.Acks+s.Sends-s.OK, "attempts"
		}
		least = min(least, n)
		if n < c.asked {
			thin++
			if thin == 1 {
				r.Why = fmt.Sprintf("span %q holds %d %s, with %d asked for", s.Name, n, what, c.asked)
			}
		}
	}
	why := first(f.NoTimes(), f.NoAcks(), f.BadClock(), f.MissingSpan(), when(f.Acked < c.asked, fmt.Sprintf("the run holds %d acknowledgements, with %d asked for", f.Acked, c.asked)))
	if why != "" {
		r.Why = why
	}
	if thin > 0 || why != "" {
		r.Verdict = Inconclusive
	}
	if r.Verdict == Valid {
		r.Why = fmt.Sprintf("every span holds traffic: %d at the least, with %d asked for", least, c.asked)
	}
	return r.counted(map[string]int64{"spans": int64(len(f.Availability.Spans)), "acknowledged": f.Acked, "asked_per_span": c.asked, "least": least, "thin_spans": thin})
}
