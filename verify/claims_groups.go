package verify

import (
	"fmt"
	"slices"
)

// perGroup joins what was tallied for each consumer group.
func (q *inquiry) perGroup(of func(*groupState) *tally) (t tally) {
	for _, name := range sortedKeys(q.groups) {
		g := of(q.groups[name])
		t.count += g.count
		for _, e := range g.shown {
			if len(t.shown) < q.options.Evidence {
				t.shown = append(t.shown, e)
			}
		}
	}
	return t
}

func (q *inquiry) sum(of func(*groupState) int64) (n int64) {
	for _, g := range q.groups {
		n += of(g)
	}
	return n
}

func (q *inquiry) noGroups() string {
	return when(len(q.groups) == 0, "no delivery was recorded")
}

// unscannedTopics says which queue of a consumed topic lacks a complete scan.
func (q *inquiry) unscannedTopics() string {
	lack, ok := q.complete(func(x *queue) bool {
		return slices.ContainsFunc(sortedKeys(q.groups), func(name string) bool { return q.groups[name].topics[x.topic] })
	})
	return when(!ok, lack)
}

func (q *inquiry) groupCounts() map[string]int64 {
	return map[string]int64{
		"groups":      int64(len(q.groups)),
		"delivered":   q.sum(func(g *groupState) int64 { return g.delivered }),
		"redelivered": q.sum(func(g *groupState) int64 { return g.again }),
	}
}

func (q *inquiry) consumersCatchUp(*Availability) finding {
	t := q.perGroup(func(g *groupState) *tally { return &g.behind })
	backlog := q.sum(func(g *groupState) int64 { return g.backlog })
	f := conclude(t, fmt.Sprintf("in %d queues a group was not given the last message; %d messages are left", t.count, backlog),
		first(q.noGroups(), q.unscannedTopics(), q.noFound(), q.tornTail()), "every group was given the last message of every queue")
	f.counts = q.groupCounts()
	f.counts["queues_behind"], f.counts["backlog"] = t.count, backlog
	return f
}

func (q *inquiry) noDeliverySkip(*Availability) finding {
	t := q.perGroup(func(g *groupState) *tally { return &g.skipped })
	f := conclude(t, fmt.Sprintf("%d messages were passed over", t.count),
		first(q.noGroups(), q.unscannedTopics(), q.noFound(), q.tornTail()), "no group was given a message while an earlier one of the queue was not")
	f.counts = q.groupCounts()
	f.counts["skipped"] = t.count
	return f
}

func (q *inquiry) deliveredAtLeastOnce(*Availability) finding {
	t := q.perGroup(func(g *groupState) *tally { return &g.undelivered })
	pending := q.sum(func(g *groupState) int64 { return g.pending })
	f := conclude(t, fmt.Sprintf("%d times an acknowledged message was never delivered to a group", t.count),
		first(q.noAcks(), q.noGroups(), q.recordedTwice(), q.unscannedTopics(), q.undecidedAcks(), q.tornTail(), q.tooMany(),
			when(pending > 0, fmt.Sprintf("the groups had not caught up: %d acknowledged messages were still to be delivered", pending))),
		"every acknowledged message was delivered to every group").unless(q.recordedTwice())
	f.counts = q.groupCounts()
	f.counts["undelivered"], f.counts["pending"] = t.count, pending
	return f
}

func (q *inquiry) duplicatesAtMost(*Availability) finding {
	budget := q.options.DuplicatesAtMost
	doubt := first(q.noGroups(), when(budget == 0, "no budget of redeliveries was given"), q.tornTail())
	if budget == NoDuplicates {
		budget = 0
	}
	var t tally
	most := int64(0)
	for _, name := range sortedKeys(q.groups) {
		again := q.groups[name].again
		most = max(most, again)
		if again > budget && doubt == "" {
			q.add(&t, func() exhibit {
				return exhibit{summary: fmt.Sprintf("group %s saw %d redeliveries, with %d allowed", name, again, budget)}
			})
		}
	}
	f := conclude(t, fmt.Sprintf("%d groups saw more redeliveries than the %d allowed", t.count, budget), doubt,
		fmt.Sprintf("no group saw more than %d redeliveries, with %d allowed", most, budget))
	f.counts = q.groupCounts()
	f.counts["allowed"] = budget
	return f
}
