package claims

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

const offsetsKeptID = "offsets-kept"

// OffsetsKept claims that no progress of a consumer group is gone that a master had held for longer than d.
func OffsetsKept(d time.Duration) Claim { return offsetsKept{d} }

type offsetsKept struct{ budget time.Duration }

var _ = list(Kind{ID: offsetsKeptID, Section: Consumers, Figure: "20s", Doc: Doc{
	Means:        "When a master of a group says of a consumer group's committed offset in a queue less than one before it said, what is gone was committed at most the budget before the former one last answered.",
	Guarantee:    "A broker writes committed offsets to its disk every 5 s (flushConsumerOffsetInterval), and a slave fetches them with its topics: every 10 to 15 s where masters are elected, every 60 s where they are fixed.",
	Inconclusive: "there is no fault, one was not confirmed, or no master said both before the first fault and after the last one what is committed",
	NextStep:     "A consumer that starts now gets again what was consumed since: look in the new master's log for SlaveSynchronize, and compare config/consumerOffset.json on both.",
}, Parse: func(figure string) (Claim, error) {
	budget, err := duration(figure)
	return OffsetsKept(budget), err
}})

func (c offsetsKept) ID() string            { return offsetsKeptID }
func (c offsetsKept) String() string        { return c.ID() + "=" + c.budget.String() }
func (c offsetsKept) Doc() Doc              { return docOf(c.ID()) }
func (c offsetsKept) Applies(f *Facts) bool { return hasFaults(f) && len(commits(f.States)) > 0 }

func (c offsetsKept) Judge(f *Facts) Finding {
	all := commits(f.States)
	var t facts.Tally
	var longest time.Duration
	drops, unread := int64(0), ""
	for _, key := range slices.SortedFunc(maps.Keys(all), compareThings) {
		found, doubt := setBack(all[key])
		unread = first(unread, doubt)
		for _, b := range found {
			drops++
			longest = max(longest, b.lost())
			if b.lost() > c.budget {
				t.Add(f.Options.Evidence, func() facts.Violation { return b.violation(key, c.budget) })
			}
		}
	}
	return conclude(t, fmt.Sprintf("%d times a committed offset went back by more than %s", t.Count, c.budget),
		first(f.NoTimes(), f.BadClock(), f.MissingFault(), noFault(f), unread, unsaid(f, all)), fmt.Sprintf("committed offsets went back %d times, by %s at most, with %s allowed", drops, short(longest), c.budget)).
		unless(f.BadClock()).counted(map[string]int64{"queues": int64(len(all)), "went_back": drops, "longest_ms": longest.Milliseconds()})
}

// commits are what masters said is committed, by time: of each broker group, and of each consumer group in a queue.
func commits(states []history.State) map[thing][]history.State {
	out := map[thing][]history.State{}
	for _, s := range slices.SortedStableFunc(slices.Values(states), func(a, b history.State) int { return cmp.Compare(a.At, b.At) }) {
		if s.What == "offset" {
			key := thing{s.Broker, s.Name}
			out[key] = append(out[key], s)
		}
	}
	return out
}

// back is one time that an offset went back.
type back struct {
	gone history.State // what was said first of what is gone
	last history.State // what was said before it was gone
	now  history.State
}

// lost is for how long the oldest of what is gone had been said.
func (b back) lost() time.Duration { return b.last.At - b.gone.At }

func (b back) violation(key thing, budget time.Duration) facts.Violation {
	return facts.Violation{Record: &b.now, Summary: fmt.Sprintf("%s of %s was at %s on %s since %s and at %s when it last answered at %s; at %s it is at %s on %s: %s are gone, with %s allowed",
		key.name, key.what, b.gone.Value, b.gone.Address, facts.Seconds(b.gone.At), b.last.Value, facts.Seconds(b.last.At),
		facts.Seconds(b.now.At), b.now.Value, b.now.Address, short(b.lost()), budget)}
}

// setBack lists the times that one offset went back. What still stands is kept in order: each is higher than the one before it.
func setBack(said []history.State) (out []back, doubt string) {
	var standing []history.State
	var levels []int64 // theirs
	for i, s := range said {
		at, err := strconv.ParseInt(s.Value, 10, 64)
		if err != nil {
			return out, fmt.Sprintf("%s of %s is said to be at %q", s.Name, s.Broker, s.Value)
		}
		n := len(standing)
		for n > 0 && levels[n-1] > at {
			n--
		}
		if n < len(standing) {
			out = append(out, back{standing[n], said[i-1], s})
		}
		standing, levels = standing[:n], levels[:n]
		if n == 0 || levels[n-1] < at {
			standing, levels = append(standing, s), append(levels, at)
		}
	}
	return out, ""
}

// unsaid says of which broker group nobody spoke both before the first fault and after the last.
func unsaid(f *Facts, all map[thing][]history.State) (doubt string) {
	from, to := faultTimes(f)
	before, after := map[string]bool{}, map[string]bool{}
	for key, said := range all { // a thing's kind is its broker group here
		before[key.what] = before[key.what] || said[0].At < from
		after[key.what] = after[key.what] || said[len(said)-1].At > to
	}
	for _, group := range slices.Sorted(maps.Keys(before)) {
		doubt = first(doubt, when(!before[group], "no master of group "+group+" said what is committed before the first fault"),
			when(!after[group], "no master of group "+group+" said what is committed after the last fault"))
	}
	return doubt
}
