package claims

import "fmt"

// EnoughTraffic claims that each span holds at least n acknowledgements.
func EnoughTraffic(n int64) Claim { return enoughTraffic{n} }

type enoughTraffic struct{ asked int64 }

var _ = list(Kind{ID: "enough-traffic", Section: Experiment, Figure: "500", Doc: Doc{
	Means:        "Each span, before, during and after the fault, holds enough acknowledgements to say anything.",
	Guarantee:    "None: it is a check of the experiment, never violated.",
	Inconclusive: "a span holds fewer acknowledgements than asked for, or there is no span and none at all",
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
	r := Finding{Verdict: Valid, Why: fmt.Sprintf("every span holds at least %d acknowledgements", c.asked)}
	thin, least := int64(0), f.Acked
	for _, s := range f.Availability.Spans {
		least = min(least, s.Acks)
		if s.Acks < c.asked {
			thin++
			if thin == 1 {
				r.Why = fmt.Sprintf("span %q holds %d acknowledgements, with %d asked for", s.Name, s.Acks, c.asked)
			}
		}
	}
	why := first(f.NoTimes(), f.NoAcks(), f.BadClock(), when(f.Acked < c.asked, fmt.Sprintf("the run holds %d acknowledgements, with %d asked for", f.Acked, c.asked)))
	if why != "" {
		r.Why = why
	}
	if thin > 0 || why != "" {
		r.Verdict = Inconclusive
	}
	return r.counted(map[string]int64{"spans": int64(len(f.Availability.Spans)), "acknowledged": f.Acked, "asked_per_span": c.asked, "least": least, "thin_spans": thin})
}
