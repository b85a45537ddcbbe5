package claims

import "time"

const writableWithin = "writable-within"

// WritableWithin claims that each group has a master again that takes messages, by its own word, within d of each fault.
func WritableWithin(d time.Duration) Claim { return within{writableWithin, d} }

var _ = listWithin(writableWithin, "30s", Doc{
	Means:        "From each fault on, every broker group has a master again within the budget that says of itself that it takes messages. Less than 5 s without one is not seen here; the probes see it.",
	Guarantee:    "An elected master takes messages as soon as minInSyncReplicas replicas are in sync with it: with 1 at once, with 2 when the first slave has found it.",
	Inconclusive: "nobody said who is master of a group, there is no fault, one was not confirmed, or the watch ended before the budget had",
	NextStep:     "Set the time of the election beside it: what comes after is the slaves' way to the new master. Look in their logs for when they heard of it, and for how much they had to cut off.",
}, bookMasters("takes messages again", func(m mastership, end time.Duration) (gaps []gap, doubt string) {
	if len(m.writable) == 0 {
		doubt = "no master of broker group " + m.group + " ever said that it takes messages"
	}
	for i, h := range m.writable {
		to, open := end, i+1 == len(m.writable)
		if !open {
			to = m.writable[i+1].from
		}
		if to-h.to > silence {
			gaps = append(gaps, gap{h.to + silence, to, open})
		}
	}
	return gaps, doubt
}))
