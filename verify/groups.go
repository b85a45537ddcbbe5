package verify

import (
	"fmt"
	"slices"
)

// groupState is what one consumer group was given.
type groupState struct {
	name        string
	topics      map[string]bool
	undelivered tally // acknowledged and never delivered
	pending     int64 // acknowledged, found, and beyond what was delivered so far
	skipped     tally // found and passed over
	behind      tally // queues whose last message was not delivered
	backlog     int64 // messages found beyond what was delivered
	delivered   int64
	again       int64
}

// subscribe finds which groups consume which topics: those of which they were given anything, and for groups
// that the run line names, every topic that acknowledged anything.
func (q *inquiry) subscribe() {
	for _, x := range q.sorted {
		for name, t := range x.groups {
			g := q.group(name)
			g.topics[x.topic] = true
			g.delivered += t.count
			g.again += t.again
		}
		for _, name := range q.declared {
			if acknowledged(x) {
				q.group(name).topics[x.topic] = true
			}
		}
	}
}

func (q *inquiry) group(name string) *groupState {
	g := q.groups[name]
	if g == nil {
		g = &groupState{name: name, topics: map[string]bool{}}
		q.groups[name] = g
	}
	return g
}

// noTrack is what a group was given of a queue of which it was given nothing.
var noTrack = newTrack()

func (x *queue) given(group string) *track {
	if t := x.groups[group]; t != nil {
		return t
	}
	return noTrack
}

// compareGroups looks whether the acknowledged messages of a compared page, where they lie as acknowledged,
// were delivered.
func (q *inquiry) compareGroups(g *grid, master *column) {
	for _, given := range g.groups {
		for bit := range uint16(pageBits) {
			for _, m := range given.at(bit) {
				q.astray = q.astray || !slices.Contains(master.at(bit), m) && !slices.Contains(g.acks.at(bit), m)
			}
		}
	}
	for _, name := range sortedKeys(q.groups) {
		state := q.groups[name]
		if !state.topics[g.queue.topic] || g.queue.master().final() == nil {
			continue
		}
		high, given := g.queue.given(name).high, g.groups[name]
		for bit := range uint16(pageBits) {
			for _, m := range g.acks.at(bit) {
				if slices.Contains(master.at(bit), m) && !slices.Contains(given.at(bit), m) {
					q.missing(state, g.queue, g.base+int64(bit), high)
				}
			}
		}
	}
}

// missing books an acknowledged message that a group was not given.
func (q *inquiry) missing(g *groupState, x *queue, offset, high int64) {
	if offset > high {
		g.pending++
		return
	}
	q.add(&g.undelivered, func() exhibit {
		return exhibit{summary: fmt.Sprintf("the message at %s offset %d was never delivered to group %s", x, offset, g.name),
			place: &x.place, offset: offset}
	})
}

// compareDeliveries compares what each group was given with what the final scans of the masters found.
func (q *inquiry) compareDeliveries() error {
	for _, name := range sortedKeys(q.groups) {
		g := q.groups[name]
		for _, x := range q.sorted {
			if m := x.master(); g.topics[x.topic] && m.final() != nil {
				q.compareDelivered(g, x, m)
			}
		}
	}
	return nil
}

func (q *inquiry) compareDelivered(g *groupState, x *queue, m *replica) {
	given := x.given(g.name)
	for no, found := range m.found.pages.all() {
		page := given.pages.page(no)
		if page == nil {
			page = &trackPage{}
		}
		q.compareSkips(g, x, found.set.minus(&page.set), int64(no<<pageShift))
		acks := x.acks.pages.page(no)
		if acks == nil || q.compared[pageAt{x.place, no}] {
			continue
		}
		both := planeOf(acks.set.and(&found.set))
		for bit := range ones(both.minus(&page.set)) {
			q.missing(g, x, int64(no<<pageShift)+int64(bit), given.high)
		}
	}
	if m.found.high > given.high {
		q.add(&g.behind, func() exhibit {
			return exhibit{summary: fmt.Sprintf("group %s was last given offset %d of %s, whose last message lies at %d", g.name, given.high, x, m.found.high),
				place: &x.place, offset: m.found.high}
		})
	}
}

// compareSkips books the offsets that were found and not given to the group.
func (q *inquiry) compareSkips(g *groupState, x *queue, left [words]uint64, base int64) {
	high, bad := x.given(g.name).high, x.master().bad
	for bit := range ones(left) {
		offset := base + int64(bit)
		switch {
		case offset > high:
			g.backlog++
		case !bad[offset]: // a consumer cannot tell which message a damaged one is
			q.add(&g.skipped, func() exhibit {
				return exhibit{summary: fmt.Sprintf("group %s was given offset %d of %s and never offset %d", g.name, high, x, offset),
					place: &x.place, offset: offset}
			})
		}
	}
}
