package verify

import (
	"fmt"
	"slices"
)

// comparePage compares what the witnesses of one page say, offset by offset.
func (q *inquiry) comparePage(g *grid) {
	master := g.replicas[g.queue.broker+"/0"]
	for bit := range uint16(pageBits) {
		found := master.at(bit)
		q.compareUnique(g, bit, found)
		for _, m := range g.acks.at(bit) {
			q.compareAck(g, bit, m, found)
		}
	}
	q.compareGroups(g, master)
	for _, name := range sortedKeys(g.queue.replicas) {
		if r := g.queue.replicas[name]; !r.master && r.final() != nil && g.queue.master().final() != nil {
			q.compareSlave(g, r, columnOf(g.replicas, name))
		}
	}
}

// compareUnique looks for two messages at one offset, by all that clients may see.
func (q *inquiry) compareUnique(g *grid, bit uint16, found []id) {
	all := slices.Concat(g.acks.at(bit), found)
	for _, c := range g.groups {
		all = append(all, c.at(bit)...)
	}
	all = slices.DeleteFunc(all, func(m id) bool { return m == damaged })
	if len(all) < 2 {
		return
	}
	slices.SortFunc(all, compareIDs)
	if all = slices.Compact(all); len(all) < 2 {
		return
	}
	q.add(&q.clashing, func() exhibit {
		return exhibit{summary: fmt.Sprintf("%s offset %d holds %d messages: %s", g.queue, g.base+int64(bit), len(all), list(all)),
			message: &all[0], place: &g.queue.place, offset: g.base + int64(bit)}
	})
}

// list names a few messages.
func list(ids []id) string {
	s := ids[0].String()
	for i, m := range ids[1:] {
		if i == 3 {
			return s + fmt.Sprintf(" and %d more", len(ids)-4)
		}
		s += " and " + m.String()
	}
	return s
}

// compareAck looks whether an acknowledged offset holds its message.
func (q *inquiry) compareAck(g *grid, bit uint16, m id, found []id) {
	if slices.Contains(found, m) {
		return
	}
	onMaster := q.ids.at(m).master.has(uint16(m.seq & pageMask))
	if !onMaster {
		q.lostHere++
	}
	offset := g.base + int64(bit)
	switch {
	case len(found) == 0 && !onMaster:
		return // missing: judged by its id
	case len(found) == 0 && !g.queue.master().complete():
		q.moved[m] = g.queue.place // it lies elsewhere, and may lie here as well
		return
	case slices.Contains(found, damaged):
		if !onMaster {
			q.harmed[m] = true
		}
		return
	}
	q.moved[m] = g.queue.place
	q.dishonest.name(m)
	q.add(&q.dishonest, func() exhibit {
		return exhibit{summary: fmt.Sprintf("%s was acknowledged at %s offset %d, which %s", m, g.queue, offset, holds(found)),
			message: &m, place: &g.queue.place, offset: offset}
	})
}

func holds(found []id) string {
	if len(found) == 0 {
		return "holds nothing; the message lies elsewhere"
	}
	return "holds " + list(found)
}

// compareSlave compares a slave with its master over the offsets that both must hold.
func (q *inquiry) compareSlave(g *grid, r *replica, slave *column) {
	s, m := r.final(), g.queue.master().final()
	master := columnOf(g.replicas, g.queue.broker+"/0")
	low, high := max(s.Min, m.Min), min(s.Max, m.Max)
	whole := s.Complete && m.Complete
	for bit := range uint16(pageBits) {
		offset := g.base + int64(bit)
		if offset < low || offset >= high {
			continue
		}
		a, b := master.at(bit), slave.at(bit)
		if len(a) == len(b) && (len(a) == 0 || len(a) == 1 && a[0] == b[0]) || !whole && (len(a) == 0 || len(b) == 0) {
			continue
		}
		q.add(&q.diverged, func() exhibit {
			e := exhibit{summary: fmt.Sprintf("%s offset %d: the master %s, %s %s", g.queue, offset, holdsOne(a), r.name, holdsOne(b)),
				place: &g.queue.place, offset: offset}
			for _, l := range slices.Concat(a, b) {
				if l != damaged {
					e.message = &l
					break
				}
			}
			return e
		})
	}
}

func holdsOne(found []id) string {
	switch {
	case len(found) == 0:
		return "holds nothing"
	case found[0] == damaged:
		return "holds a damaged message"
	}
	return "holds " + list(found)
}
