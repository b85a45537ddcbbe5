package claims

import (
	"fmt"
	"time"
)

// within is a claim that something is so again within a budget of each fault, by the words of the servers.
type within struct {
	id     string
	budget time.Duration
}

// listWithin adds a claim of this kind, which every run needs a figure for. Book finds the delays, and what there is against
// concluding from them.
func listWithin(id, figure string, doc Doc, book func(*Facts, time.Duration) delays) Kind {
	bookings[id] = book
	return list(Kind{ID: id, Section: Replicas, Figure: figure, Doc: doc, Parse: func(figure string) (Claim, error) {
		budget, err := duration(figure)
		return within{id, budget}, err
	}})
}

var bookings = map[string]func(*Facts, time.Duration) delays{}

func (c within) ID() string            { return c.id }
func (c within) String() string        { return c.id + "=" + c.budget.String() }
func (c within) Doc() Doc              { return docOf(c.id) }
func (c within) Applies(f *Facts) bool { return hasFaults(f) && len(f.Changes) > 0 }

func (c within) Judge(f *Facts) Finding {
	d := bookings[c.id](f, c.budget)
	sound := fmt.Sprintf("each of %d times it took %s at most, with %s allowed", d.n, short(d.longest), c.budget)
	if d.n == 0 {
		sound = "no fault made it necessary"
	}
	return conclude(d.t, fmt.Sprintf("%d of %d times it took longer than %s", d.t.Count, d.n, c.budget),
		first(f.NoTimes(), f.BadClock(), f.MissingFault(), noFault(f), unconfirmed(f), d.doubt), sound).
		unless(f.BadClock(), unconfirmed(f)).
		counted(map[string]int64{"faults": int64(len(f.Times.Faults())), "times": d.n, "too_slow": d.t.Count, "longest_ms": d.longest.Milliseconds(), "allowed_ms": c.budget.Milliseconds()})
}
