package claims

import "time"

const electsWithin = "elects-within"

// ElectsWithin claims that where a master is replaced, or gone at the end, the next one is named within d of the fault.
func ElectsWithin(d time.Duration) Claim { return within{electsWithin, d} }

var _ = listWithin(electsWithin, "15s", Doc{
	Means:        "From each fault on that costs a broker group its master, another is named within the budget: by a controller that knows its epoch, or by its own word. A group that has none at the end has not elected.",
	Guarantee:    "Controllers notice a dead master when its heartbeats have failed for 10 s, at once where its connection is closed, and elect one of the replicas in sync.",
	Inconclusive: "nobody said who is master of a group, there is no fault, one was not confirmed, or the watch ended before the budget had",
	NextStep:     "Look in the leading controller's log for when it noticed that the master was inactive, and for which replicas it held to be in sync.",
}, bookMasters("has another master", func(m mastership, end time.Duration) (gaps []gap, doubt string) {
	for i, next := range m.elections() {
		// An old master that was cut off may call himself one until long after the next is there.
		gaps = append(gaps, gap{seen: min(next.first, m.reigns[i].last+silence), until: next.first})
	}
	if last := m.reigns[len(m.reigns)-1]; end-last.last > silence && m.silentSince(last) {
		gaps = append(gaps, gap{last.last + silence, end, true})
	}
	return gaps, ""
}))

// silentSince tells a master that fell silent from one that said last that it takes no messages, which is said once only.
func (m mastership) silentSince(last reign) bool {
	n := len(m.writable)
	return n > 0 && m.writable[n-1].to == last.last
}
