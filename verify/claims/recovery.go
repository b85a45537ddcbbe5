package claims

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// Recovery is a claim that a service is stable again within a budget of each fault.
type Recovery struct {
	id     string
	budget time.Duration
	healed string // "", "@healed", or "@healed:" and the broker groups of which it holds
}

// CountedFromHealed counts the budget from the moment at which a fault is undone, for these broker groups or, where
// none is named, for all: until then they are expected to be out, such as the group whose node is drained.
func (c Recovery) CountedFromHealed(groups ...string) Recovery {
	c.healed = "@healed"
	if len(groups) > 0 {
		c.healed += ":" + strings.Join(groups, "+")
	}
	return c
}

// parseRecovery reads "30s", "30s@healed" and "30s@healed:east+west".
func parseRecovery(id string) func(string) (Claim, error) {
	return func(figure string) (Claim, error) {
		budget, healed, _ := strings.Cut(figure, "@")
		c := Recovery{id: id}
		if healed != "" {
			if healed != "healed" && !strings.HasPrefix(healed, "healed:") {
				return nil, fmt.Errorf("%q is not counted from anything known: only @healed is", figure)
			}
			c.healed = "@" + healed
		}
		var err error
		c.budget, err = duration(budget)
		return c, err
	}
}

// ID is the claim's name.
func (c Recovery) ID() string { return c.id }

func (c Recovery) String() string { return c.id + "=" + c.budget.String() + c.healed }

// Doc explains the claim.
func (c Recovery) Doc() Doc { return docOf(c.id) }

// Applies reports whether there is a fault, and something to see recovery by.
func (c Recovery) Applies(f *Facts) bool {
	return hasFaults(f) && (c.id != groupResumesWithin || f.Probing())
}

// Judge says what the facts show.
func (c Recovery) Judge(f *Facts) Finding {
	j := &recovering{Recovery: c, f: f, doubt: first(f.NoTimes(), f.NoAcks(), f.BadClock(), f.MissingFault(), noFault(f), unconfirmed(f))}
	switch c.id {
	case groupResumesWithin:
		j.doubt = first(j.doubt, f.NoProbes())
		for _, name := range f.BrokerGroups() {
			if w, probed := f.Watched.Groups[name]; probed {
				w.Group = name
				j.watch(w)
			}
		}
	case queueResumesWithin:
		j.doubt = first(j.doubt, f.SilentGroup())
		for w := range f.Watched.Queues {
			j.watch(w)
		}
	default:
		j.doubt = first(j.doubt, f.SilentGroup(), f.Watched.NeverServed)
		j.watch(f.Watched.Sends)
	}
	return j.finding()
}

func noFault(f *Facts) string { return when(len(f.Times.Faults()) == 0, "no fault was recorded") }

// recovering is the judgement of a Recovery while it goes through what was watched.
type recovering struct {
	Recovery
	f                    *Facts
	t                    facts.Tally
	doubt                string
	watched, interrupted int64
	longest              time.Duration
}

func (j *recovering) watch(w availability.Watch) {
	faults := availability.Injected(j.f.Times.Faults())
	if j.countsFromHealed(w.Group) {
		faults = availability.Healed(j.f.Times.Faults())
	}
	j.watched++
	stable := j.f.Options.Stable
	stable.Sound = j.f.Times.Sound()
	for _, r := range w.Recoveries(faults, stable) {
		j.longest = max(j.longest, r.Took)
		if r.Interrupted {
			j.interrupted++
		}
		switch {
		case r.Interrupted && r.Took > j.budget && r.Distrust == "":
			j.t.Add(j.f.Options.Evidence, func() facts.Violation { return slow(j.f, w, r, j.budget) })
		case r.Doubt != "":
			j.doubt = first(j.doubt, r.Doubt)
		}
	}
}

func (c Recovery) countsFromHealed(group string) bool {
	_, groups, some := strings.Cut(c.healed, ":")
	return c.healed != "" && (!some || slices.Contains(strings.Split(groups, "+"), group))
}

func (j *recovering) finding() Finding {
	faults := int64(len(j.f.Times.Faults()))
	what := map[string]string{groupResumesWithin: "broker groups", queueResumesWithin: "queues"}[j.id]
	sound := fmt.Sprintf("the cluster was stable again %s after a fault at the latest, with %s allowed", short(j.longest), j.budget)
	if what != "" {
		sound = fmt.Sprintf("each of %d %s was stable again %s after a fault at the latest, with %s allowed", j.watched, what, short(j.longest), j.budget)
	}
	if j.interrupted == 0 {
		sound = j.uninterrupted()
	}
	return conclude(j.t, fmt.Sprintf("%d times service was not stable again within %s of a fault", j.t.Count, j.budget), j.doubt, sound).
		unless(j.f.BadClock(), unconfirmed(j.f)).
		counted(map[string]int64{"faults": faults, "watched": j.watched, "interrupted": j.interrupted, "too_slow": j.t.Count,
			"longest_ms": j.longest.Milliseconds(), "allowed_ms": j.budget.Milliseconds()})
}

func (j *recovering) uninterrupted() string {
	switch j.id {
	case groupResumesWithin:
		return fmt.Sprintf("no fault interrupted any of %d broker groups: none had an outage after one", j.watched)
	case queueResumesWithin:
		return fmt.Sprintf("no fault interrupted any of %d queues: none was silent for more than 2s, or than its rate allows", j.watched)
	}
	return fmt.Sprintf("no fault interrupted the sends: there was no pause above %s", j.f.Availability.Sends.Gap)
}

// slow describes a recovery that took too long, with the interruption that shows it.
func slow(f *Facts, w availability.Watch, r availability.Recovery, budget time.Duration) facts.Violation {
	s := fmt.Sprintf("after fault %q on %s, counted from %s, %s was stable again %s later, with %s allowed", r.Fault, r.Target, facts.Seconds(r.Start), w.Who, short(r.Took), budget)
	if !r.Recovered {
		s = fmt.Sprintf("after fault %q on %s, counted from %s, %s was not stable again within the %s that were watched", r.Fault, r.Target, facts.Seconds(r.Start), w.Who, short(r.Took))
	}
	v := facts.Violation{Times: longestAfter(w, r.Start), Group: w.Group}
	v.Summary = fmt.Sprintf("%s; it was out from %s to %s", s, facts.Seconds(v.Times.Start), facts.Seconds(v.Times.End))
	for _, x := range f.Times.Faults() {
		if x.Name == r.Fault && x.Target == r.Target && (cmp.Or(x.Injected, x.Start) == r.Start || cmp.Or(x.Healed, x.End) == r.Start) {
			v.Record = &x
		}
	}
	return v
}

// longestAfter gives the longest interruption after a time.
func longestAfter(w availability.Watch, from time.Duration) (longest availability.Outage) {
	for _, x := range w.Interruptions {
		if x.End > from && x.Length() > longest.Length() {
			longest = x
		}
	}
	return longest
}

func short(d time.Duration) string { return d.Round(time.Millisecond).String() }
