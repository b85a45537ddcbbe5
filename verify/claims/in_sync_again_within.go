package claims

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

const inSyncAgainWithin = "in-sync-again-within"

// InSyncAgainWithin claims that each group has as many replicas in sync as before, within d of when a fault was undone.
func InSyncAgainWithin(d time.Duration) Claim { return within{inSyncAgainWithin, d} }

var _ = listWithin(inSyncAgainWithin, "1m0s", Doc{
	Means:        "Every broker group has as many replicas in sync as before a fault within the budget of when that fault is undone: by the controllers' books, or, where there are none, by the brokers' own words.",
	Guarantee:    "A replica that is back asks for what it lacks, and its master takes it into the in-sync set once it has everything.",
	Inconclusive: "nobody said which replicas are in sync, there is no fault, one was not confirmed, or the watch ended before the budget had",
	NextStep:     "Until then the next failure stops the group or costs messages. Look in the replica's log for where it connects to, and for what it cuts off and fetches.",
}, bookInSync)

func bookInSync(f *Facts, budget time.Duration) (d delays) {
	end := watchedUntil(f)
	for _, group := range groupsOf(f) {
		counts := inSync(f.Changes, group)
		if len(counts) == 0 {
			d.doubt = first(d.doubt, "nobody said which replicas of broker group "+group+" are in sync")
		}
		for _, x := range f.Times.Faults() {
			if took, out, open := again(counts, x, end); out {
				d.add(f, late{group, x, undone(x), took, open, "has as many replicas in sync as before"}, budget)
			}
		}
	}
	return d
}

// count is how many replicas of a group are in sync from a moment on.
type count struct {
	at time.Duration
	n  int
}

// again is how long after a fault was undone the group had as many replicas in sync as when it was injected, and whether it
// had lost one at all. Faults that follow one another may have only one recovery between them, which ends that of all.
func again(counts []count, x history.Span, end time.Duration) (took time.Duration, out, open bool) {
	before := 0
	for _, c := range counts {
		if c.at < injected(x) {
			before = c.n
		}
	}
	for _, c := range counts {
		switch {
		case c.at < injected(x):
		case c.n < before && !out:
			out, open = true, true
		case c.n >= before && open:
			return max(0, c.at-undone(x)), true, false
		}
	}
	return max(0, end-undone(x)), out, open
}

// groupsOf lists the broker groups that acknowledged, were announced, or of which anybody spoke.
func groupsOf(f *Facts) []string {
	groups := f.BrokerGroups()
	for _, c := range f.Changes {
		groups = append(groups, c.Broker)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// inSync counts a group's replicas in sync over time: by the books of whoever keeps some, and else by the brokers' own words
// and what NameServers say of those that are gone.
func inSync(changes []history.Change, group string) (out []count) {
	keeps := map[string]bool{} // NameServers name nobody as in sync: who does so of another is a controller
	for _, c := range changes {
		keeps[c.By] = keeps[c.By] || c.Broker == group && c.By != c.Address && c.InSync
	}
	books := slices.ContainsFunc(changes, func(c history.Change) bool { return c.Broker == group && keeps[c.By] })
	in, named := map[string]bool{}, map[string]map[string]bool{}
	for _, c := range byTime(changes) {
		if c.Broker != group || books && !keeps[c.By] {
			continue
		}
		if books || c.By == c.Address {
			in[c.Address] = c.InSync
		} else if unnamed(named, c) {
			in[c.Address] = false
		}
		n := 0
		for _, is := range in {
			if is {
				n++
			}
		}
		out = append(out, count{c.At, n})
	}
	return out
}

// unnamed tells whether, by now, none of the NameServers that knew a broker names it.
func unnamed(named map[string]map[string]bool, c history.Change) bool {
	by := named[c.Address]
	if by == nil {
		by = map[string]bool{}
		named[c.Address] = by
	}
	by[c.By] = c.Role != "gone"
	for _, still := range by {
		if still {
			return false
		}
	}
	return true
}
