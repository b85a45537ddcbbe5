package facts

import (
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// comparePage compares what the witnesses of one page say, offset by offset.
func (q *comparison) comparePage(t *pageTable) {
	var master *column
	if m := t.queue.master(); m != nil {
		master = t.replicas[m.name]
	}
	for bit := range uint16(sets.PageBits) {
		found := master.at(bit)
		q.compareUnique(t, bit, t.said.at(bit))
		for _, m := range t.acks.at(bit) {
			q.compareAck(t, bit, m, found)
		}
	}
	q.compareGroups(t, t.said)
	if t.queue.master().final() == nil {
		return
	}
	for _, r := range t.queue.slaves() {
		if r.final() != nil {
			q.compareSlave(t, r, columnOf(t.replicas, r.name))
		}
	}
}

// compareUnique looks for two messages at one offset, by all that clients may see.
func (q *comparison) compareUnique(t *pageTable, bit uint16, found []ID) {
	all := slices.Concat(t.acks.at(bit), found)
	for _, c := range t.groups {
		all = append(all, c.at(bit)...)
	}
	all = slices.DeleteFunc(all, func(m ID) bool { return m == damaged })
	if len(all) < 2 {
		return
	}
	slices.SortFunc(all, CompareIDs)
	if all = slices.Compact(all); len(all) < 2 {
		return
	}
	q.add(&q.clashing, func() Violation {
		return Violation{Summary: fmt.Sprintf("%s offset %d holds %d messages: %s", t.queue, t.base+int64(bit), len(all), list(all)),
			Message: &all[0], Queue: &t.queue.QueueID, Offset: t.base + int64(bit)}
	})
}

// list names a few messages.
func list(ids []ID) string {
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
func (q *comparison) compareAck(t *pageTable, bit uint16, m ID, found []ID) {
	if slices.Contains(found, m) {
		return
	}
	onMaster := q.ids.at(m).master.Has(uint16(m.Seq & sets.PageMask))
	if !onMaster {
		q.absentHere++
	}
	offset := t.base + int64(bit)
	switch {
	case len(found) == 0 && !onMaster:
		return // missing: judged by its id
	case len(found) == 0 && !t.queue.master().complete():
		q.misplaced[m] = t.queue.QueueID // it lies elsewhere, and may lie here as well
		return
	case slices.Contains(found, damaged):
		if onMaster {
			q.misplaced[m] = t.queue.QueueID // it lies elsewhere, and whether it lies here as well cannot be told
		} else {
			q.corrupt[m] = true
		}
		return
	}
	q.misplaced[m] = t.queue.QueueID
	q.dishonest.Name(m)
	q.add(&q.dishonest, func() Violation {
		return Violation{Summary: fmt.Sprintf("%s was acknowledged at %s offset %d, which %s", m, t.queue, offset, holds(found)),
			Message: &m, Queue: &t.queue.QueueID, Offset: offset}
	})
}

func holds(found []ID) string {
	if len(found) == 0 {
		return "holds nothing; the message lies elsewhere"
	}
	return "holds " + list(found)
}

// compareSlave compares a slave with its master over the offsets that both must hold.
func (q *comparison) compareSlave(t *pageTable, r *replica, slave *column) {
	s, m := r.final(), t.queue.master().final()
	master := columnOf(t.replicas, t.queue.master().name)
	low, high := max(front(s), front(m)), min(s.Max, m.Max)
	whole := s.Complete && m.Complete
	for bit := range uint16(sets.PageBits) {
		offset := t.base + int64(bit)
		if offset < low || offset >= high {
			continue
		}
		a, b := master.at(bit), slave.at(bit)
		if len(a) == len(b) && (len(a) == 0 || len(a) == 1 && a[0] == b[0]) || !whole && (len(a) == 0 || len(b) == 0) {
			continue
		}
		q.add(&q.diverged, func() Violation {
			e := Violation{Summary: fmt.Sprintf("%s offset %d: the master %s, %s %s", t.queue, offset, holdsOne(a), r.name, holdsOne(b)),
				Queue: &t.queue.QueueID, Offset: offset}
			for _, l := range slices.Concat(a, b) {
				if l != damaged {
					e.Message = &l
					break
				}
			}
			return e
		})
	}
}

func holdsOne(found []ID) string {
	switch {
	case len(found) == 0:
		return "holds nothing"
	case found[0] == damaged:
		return "holds a damaged message"
	}
	return "holds " + list(found)
}
