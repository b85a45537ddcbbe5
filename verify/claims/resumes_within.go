package claims

import (
	"fmt"
	"math"
	"time"

	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// ResumesWithin claims that sends are stable again within d of each fault.
func ResumesWithin(d time.Duration) Claim { return resumesWithin{d} }

type resumesWithin struct{ budget time.Duration }

var _ = list(Kind{ID: "resumes-within", Section: Service, Figure: "30s", Doc: Doc{
	Means:        "From the start of each fault, acknowledgements are stable again within the budget: from then on no pause is longer than 1 s for 5 s, or until the sends end.",
	Guarantee:    "Producers leave out a broker group that does not answer and take its queues back when it serves again; a group serves as soon as its master is registered.",
	Inconclusive: "there is no fault, one was not confirmed, there were no sends before it, or the sends ended within the budget before they were stable",
	NextStep:     "Service came back too late: the strip of each broker group shows whether the broker or the client was slow. Look at the pod's restart, its probes and its registration.",
}, Default: resumesWithin{30 * time.Second}, Parse: func(figure string) (Claim, error) {
	d, err := duration(figure)
	return resumesWithin{d}, err
}})

func (c resumesWithin) ID() string            { return "resumes-within" }
func (c resumesWithin) String() string        { return fmt.Sprintf("%s=%s", c.ID(), c.budget) }
func (c resumesWithin) Doc() Doc              { return docOf(c.ID()) }
func (c resumesWithin) Applies(f *Facts) bool { return hasFaults(f) }

func (c resumesWithin) Judge(f *Facts) Finding {
	all := f.Availability.Sends.Recoveries
	var t facts.Tally
	doubt := first(f.NoTimes(), f.NoAcks(), f.BadClock(), when(len(all) == 0, "no fault was recorded"), unconfirmed(f))
	longest, interrupted := time.Duration(0), int64(0)
	for _, r := range all {
		longest = max(longest, r.Took)
		if r.Interrupted {
			interrupted++
		}
		doubt = first(doubt, unwatched(f, r))
		if r.Took > c.budget && r.Interrupted {
			t.Add(f.Options.Evidence, func() facts.Violation { return slow(f, r, c.budget) })
		}
	}
	return conclude(t, fmt.Sprintf("after %d of %d faults sends did not resume within %s", t.Count, len(all), c.budget), doubt,
		fmt.Sprintf("sends were stable again within %s of each fault, with %s allowed", longest.Round(time.Millisecond), c.budget)).
		unless(f.BadClock(), unconfirmed(f)).
		counted(map[string]int64{"faults": int64(len(all)), "interrupted": interrupted, "too_slow": t.Count,
			"longest_ms": longest.Milliseconds(), "allowed_ms": c.budget.Milliseconds()})
}

func slow(f *Facts, r availability.Recovery, budget time.Duration) facts.Violation {
	s := fmt.Sprintf("after fault %q on %s, which began %s, sends were stable again %s later, with %s allowed", r.Fault, r.Target, facts.Seconds(r.Start), r.Took.Round(time.Millisecond), budget)
	if !r.Recovered {
		s = fmt.Sprintf("after fault %q on %s, which began %s, sends were not stable again within the %s that were watched", r.Fault, r.Target, facts.Seconds(r.Start), r.Took.Round(time.Millisecond))
	}
	v := facts.Violation{Summary: s}
	for _, x := range f.Times.Faults() {
		if x.Name == r.Fault && x.Target == r.Target && x.Start == r.Start {
			v.Record = &x
		}
	}
	return v
}

// unwatched says why nothing can be said of sends after a fault.
func unwatched(f *Facts, r availability.Recovery) string {
	before := f.Times.Between(math.MinInt64/2, r.Start)
	switch {
	case before.Acks == 0:
		return fmt.Sprintf("nothing was acknowledged before fault %q", r.Fault)
	case f.Times.LastEnd() <= r.Start:
		return fmt.Sprintf("sends had ended when fault %q began", r.Fault)
	case !r.Recovered:
		return fmt.Sprintf("sends ended %s after fault %q began, before they were stable again", (f.Times.LastEnd() - r.Start).Round(time.Millisecond), r.Fault)
	}
	return ""
}
