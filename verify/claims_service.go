package verify

import (
	"fmt"
	"time"
)

func (q *inquiry) enoughTraffic(a *Availability) finding {
	f := finding{verdict: Valid, counts: map[string]int64{"spans": int64(len(a.Spans)), "acknowledged": q.totals.acked, "asked_per_span": int64(q.options.MinAcks)}}
	f.why = fmt.Sprintf("every span holds at least %d acknowledgements", q.options.MinAcks)
	thin, least := int64(0), q.totals.acked
	for _, s := range a.Spans {
		least = min(least, s.Acks)
		if s.Acks < int64(q.options.MinAcks) {
			thin++
			if thin == 1 {
				f.why = fmt.Sprintf("span %q holds %d acknowledgements, with %d asked for", s.Name, s.Acks, q.options.MinAcks)
			}
		}
	}
	f.counts["least"], f.counts["thin_spans"] = least, thin
	why := first(q.noAcks(), q.badClock(), when(q.totals.acked < int64(q.options.MinAcks), fmt.Sprintf("the run holds %d acknowledgements, with %d asked for", q.totals.acked, q.options.MinAcks)))
	if why != "" {
		f.why = why
	}
	if thin > 0 || why != "" {
		f.verdict = Inconclusive
	}
	return f
}

func (q *inquiry) faultConfirmed(*Availability) finding {
	faults := q.times.faults()
	f := finding{verdict: Valid, why: fmt.Sprintf("all %d faults were seen to hold on their targets", len(faults))}
	open := int64(0)
	for _, s := range faults {
		if !s.Confirmed {
			if open++; open == 1 {
				f.verdict, f.why = Inconclusive, fmt.Sprintf("fault %q on %s was not seen to hold", s.Name, s.Target)
				f.shown = []exhibit{{summary: f.why, record: &s}}
			}
		}
	}
	if len(faults) == 0 {
		f.verdict, f.why = Inconclusive, "no fault was recorded"
	}
	f.counts = map[string]int64{"faults": int64(len(faults)), "unconfirmed": open}
	return f
}

func (q *inquiry) resumesWithin(a *Availability) finding {
	budget := q.options.ResumeWithin
	var t tally
	doubt := first(q.noAcks(), q.badClock(), when(len(a.Sends.Recoveries) == 0, "no fault was recorded"), q.unconfirmed())
	longest, interrupted := time.Duration(0), int64(0)
	for _, r := range a.Sends.Recoveries {
		longest = max(longest, r.Took)
		if r.Interrupted {
			interrupted++
		}
		doubt = first(doubt, q.unwatched(r))
		if r.Took > budget && r.Interrupted {
			q.add(&t, func() exhibit { return q.slow(r, budget) })
		}
	}
	f := conclude(t, fmt.Sprintf("after %d of %d faults sends did not resume within %s", t.count, len(a.Sends.Recoveries), budget), doubt,
		fmt.Sprintf("sends were stable again within %s of each fault, with %s allowed", longest.Round(time.Millisecond), budget))
	f = f.unless(q.badClock(), q.unconfirmed())
	f.counts = map[string]int64{"faults": int64(len(a.Sends.Recoveries)), "interrupted": interrupted, "too_slow": t.count,
		"longest_ms": longest.Milliseconds(), "allowed_ms": budget.Milliseconds()}
	return f
}

func (q *inquiry) slow(r Recovery, budget time.Duration) exhibit {
	s := fmt.Sprintf("after fault %q on %s, which began %s, sends were stable again %s later, with %s allowed", r.Fault, r.Target, seconds(r.Start), r.Took.Round(time.Millisecond), budget)
	if !r.Recovered {
		s = fmt.Sprintf("after fault %q on %s, which began %s, sends were not stable again within the %s that were watched", r.Fault, r.Target, seconds(r.Start), r.Took.Round(time.Millisecond))
	}
	e := exhibit{summary: s}
	for _, f := range q.times.faults() {
		if f.Name == r.Fault && f.Target == r.Target && f.Start == r.Start {
			e.record = &f
		}
	}
	return e
}

func (q *inquiry) unconfirmed() string {
	return when(q.faultConfirmed(nil).verdict != Valid, q.faultConfirmed(nil).why)
}

// unwatched says why nothing can be said of sends after a fault.
func (q *inquiry) unwatched(r Recovery) string {
	before := q.times.spanAvailability(-1<<62, r.Start)
	switch {
	case before.Acks == 0:
		return fmt.Sprintf("nothing was acknowledged before fault %q", r.Fault)
	case q.times.lastEnd <= r.Start:
		return fmt.Sprintf("sends had ended when fault %q began", r.Fault)
	case !r.Recovered:
		return fmt.Sprintf("sends ended %s after fault %q began, before they were stable again", (q.times.lastEnd - r.Start).Round(time.Millisecond), r.Fault)
	}
	return ""
}

func (q *inquiry) availabilityAtLeast(a *Availability) finding {
	share := q.options.AvailabilityAtLeast
	var t tally
	doubt := first(when(len(a.Groups) == 0, "there are no probes"), when(share == 0, "no share was given"), q.badClock())
	worst := 1.0
	for _, g := range a.Groups {
		worst = min(worst, g.Availability)
		switch {
		case g.Observed == 0:
			doubt = first(doubt, fmt.Sprintf("broker group %s was probed too little", g.Group))
		case g.Availability < share:
			q.add(&t, func() exhibit {
				return exhibit{summary: fmt.Sprintf("broker group %s served %.4f of the time, with %.4f asked for", g.Group, g.Availability, share)}
			})
		case 1-float64(g.Down+g.Unobserved)/float64(g.Observed) < share:
			doubt = first(doubt, fmt.Sprintf("broker group %s was not probed for %s", g.Group, g.Unobserved.Round(time.Millisecond)))
		}
	}
	f := conclude(t, fmt.Sprintf("%d broker groups served less than the share asked for", t.count), doubt, fmt.Sprintf("every broker group served at least %.4f of the time", worst))
	f = f.unless(q.badClock())
	f.counts = map[string]int64{"groups": int64(len(a.Groups)), "below": t.count, "worst_ppm": int64(worst * 1e6), "asked_ppm": int64(share * 1e6)}
	return f
}
