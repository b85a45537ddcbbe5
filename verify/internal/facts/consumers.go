package facts

import (
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// Consumer is what one consumer group was given.
type Consumer struct {
	Group                  string
	Delivered, Redelivered int64
	Backlog                int64 // messages found beyond what was delivered
	Pending                int64 // acknowledged messages that are still to be delivered
	Undelivered            Tally // acknowledged and never delivered
	Skipped                Tally // found and passed over
	Behind                 Tally // queues whose last message was not delivered
}

// consumers lists the groups by name.
func (q *comparison) consumers() (out []Consumer) {
	for _, name := range sortedKeys(q.groups) {
		g := q.groups[name]
		out = append(out, Consumer{Group: name, Delivered: g.delivered, Redelivered: g.again, Backlog: g.backlog, Pending: g.pending,
			Undelivered: g.undelivered, Skipped: g.skipped, Behind: g.behind})
	}
	return out
}

// groupState is what one consumer group was given.
type groupState struct {
	name        string
	topics      map[string]bool
	undelivered Tally // acknowledged and never delivered
	pending     int64 // acknowledged, found, and beyond what was delivered so far
	skipped     Tally // found and passed over
	behind      Tally // queues whose last message was not delivered
	backlog     int64 // messages found beyond what was delivered
	delivered   int64
	again       int64
}

// subscribe finds which groups consume which topics: those of which they were given anything, and for groups
// that the run line names, every topic that acknowledged anything.
func (q *comparison) subscribe() {
	for _, name := range q.announced.Groups {
		q.group(name) // it was to be served, whatever was sent
	}
	for _, x := range q.sorted {
		for _, t := range x.groups {
			g := q.group(t.group)
			g.topics[x.Topic] = true
			g.delivered += t.count
			g.again += t.again
		}
		for _, name := range q.announced.Groups {
			if acknowledged(x) && q.announced.consumes(name, x.Topic) {
				q.group(name).topics[x.Topic] = true
			}
		}
	}
}

func (q *comparison) group(name string) *groupState {
	g := q.groups[name]
	if g == nil {
		g = &groupState{name: name, topics: map[string]bool{}}
		q.groups[name] = g
	}
	return g
}

// nothingGiven is what a group was given of a queue of which it was given nothing.
var nothingGiven = newWitness()

func (x *queue) given(group string) *witness {
	for _, g := range x.groups {
		if g.group == group {
			return &g.witness
		}
	}
	return nothingGiven
}

// compareGroups looks whether the acknowledged messages of a compared page, where they lie as acknowledged,
// were delivered.
func (q *comparison) compareGroups(g *pageTable, master *column) {
	for _, given := range g.groups {
		for bit := range uint16(sets.PageBits) {
			for _, m := range given.at(bit) {
				q.misdelivered = q.misdelivered || !slices.Contains(master.at(bit), m) && !slices.Contains(g.acks.at(bit), m)
			}
		}
	}
	for _, name := range sortedKeys(q.groups) {
		state := q.groups[name]
		if !state.topics[g.queue.Topic] || g.queue.master().final() == nil {
			continue
		}
		high, given := g.queue.given(name).high, g.groups[name]
		for bit := range uint16(sets.PageBits) {
			for _, m := range g.acks.at(bit) {
				if slices.Contains(master.at(bit), m) && !slices.Contains(given.at(bit), m) {
					q.missing(state, g.queue, g.base+int64(bit), high)
				}
			}
		}
	}
}

// missing books an acknowledged message that a group was not given.
func (q *comparison) missing(g *groupState, x *queue, offset, high int64) {
	if offset > high {
		g.pending++
		return
	}
	q.add(&g.undelivered, func() Violation {
		return Violation{Summary: fmt.Sprintf("the message at %s offset %d was never delivered to group %s", x, offset, g.name),
			Queue: &x.QueueID, Offset: offset}
	})
}

// compareDeliveries compares what each group was given with what the final scans of the masters found.
func (q *comparison) compareDeliveries() error {
	for _, name := range sortedKeys(q.groups) {
		g := q.groups[name]
		for _, x := range q.sorted {
			if m := x.master(); g.topics[x.Topic] && m.final() != nil {
				q.compareDelivered(g, x, m)
			}
		}
	}
	return nil
}

func (q *comparison) compareDelivered(g *groupState, x *queue, m *replica) {
	given, own := x.given(g.name), m.own()
	for no, found := range own.pages.All() {
		page := given.pages.Page(no)
		if page == nil {
			page = &witnessPage{}
		}
		q.compareSkips(g, x, found.set.Minus(&page.set), int64(no<<sets.PageShift))
		acks := x.acks.pages.Page(no)
		if acks == nil || q.compared[pageAt{x.QueueID, no}] {
			continue
		}
		both := sets.Of(acks.set.And(&found.set))
		for bit := range sets.Ones(both.Minus(&page.set)) {
			q.missing(g, x, int64(no<<sets.PageShift)+int64(bit), given.high)
		}
	}
	if own.high > given.high {
		q.add(&g.behind, func() Violation {
			return Violation{Summary: fmt.Sprintf("group %s was last given offset %d of %s, whose last message lies at %d", g.name, given.high, x, own.high),
				Queue: &x.QueueID, Offset: own.high}
		})
	}
}

// compareSkips books the offsets that were found and not given to the group.
func (q *comparison) compareSkips(g *groupState, x *queue, left sets.Words, base int64) {
	high, bad := x.given(g.name).high, x.master().bad
	for bit := range sets.Ones(left) {
		offset := base + int64(bit)
		switch {
		case offset > high:
			g.backlog++
		case !bad[offset]: // a consumer cannot tell which message a damaged one is
			q.add(&g.skipped, func() Violation {
				return Violation{Summary: fmt.Sprintf("group %s was given offset %d of %s and never offset %d", g.name, high, x, offset),
					Queue: &x.QueueID, Offset: offset}
			})
		}
	}
}
