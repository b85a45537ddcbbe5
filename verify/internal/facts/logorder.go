package facts

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/history"
)

// orderAt names a producer's sends to a queue.
type orderAt struct {
	QueueID
	producer uint32
}

// compareOrders reads the histories again for the producers and queues whose order is suspect.
func (q *comparison) compareOrders() error {
	suspects := q.suspectOrders()
	for round := 0; len(suspects) > 0; round++ {
		if round == q.options.Bounds.Rounds {
			q.truncated = true
			return nil
		}
		n, steps := 0, int64(0)
		for n < len(suspects) && (n == 0 || steps < q.options.Bounds.Acks) {
			steps += q.queues.of(suspects[n].QueueID).orders.at(suspects[n].producer).count
			n++
		}
		if err := q.judgeOrders(suspects[:n]); err != nil {
			return err
		}
		suspects = suspects[n:]
	}
	return nil
}

func (q *comparison) suspectOrders() (out []orderAt) {
	for _, x := range q.sorted {
		x.orders.each(func(producer uint32, l *sendOrder) {
			if l.suspect() {
				out = append(out, orderAt{x.QueueID, producer})
			}
		})
	}
	for m, p := range q.misplaced {
		out = append(out, orderAt{p, m.Producer})
	}
	out = append(out, q.duplicatedOrders...)
	slices.SortFunc(out, func(a, b orderAt) int {
		return cmp.Or(CompareQueues(a.QueueID, b.QueueID), cmp.Compare(a.producer, b.producer))
	})
	return slices.Compact(out)
}

// judgeOrders compares all acknowledged sends of some orders, first by the offsets that were acknowledged, then
// by those at which the masters' scans found them.
func (q *comparison) judgeOrders(at []orderAt) error {
	orders := map[orderAt]map[uint64]*ack{}
	for _, l := range at {
		orders[l] = map[uint64]*ack{}
	}
	err := q.each(func(r history.Record) {
		s, ok := r.(*history.Send)
		if !ok || s.Outcome != history.OK || s.Offset < 0 || s.End < s.Start {
			return
		}
		if l := orders[orderAt{QueueID{s.Topic, s.Broker, s.Queue}, s.Producer}]; l != nil {
			l[s.Seq] = &ack{s.Offset, s.Start, s.End, s.Seq}
		}
	})
	if err != nil {
		return err
	}
	for _, l := range at {
		q.judgeOrder(&q.inOffsets, l, orders[l], "was acknowledged at offset")
	}
	lies, err := q.whereTheyLie(orders)
	if err != nil {
		return err
	}
	for _, l := range at {
		q.judgeOrder(&q.inLog, l, lies[l], "lies at offset")
	}
	return nil
}

// whereTheyLie gives the steps with the lowest offset at which the master's scan found each.
func (q *comparison) whereTheyLie(orders map[orderAt]map[uint64]*ack) (map[orderAt]map[uint64]*ack, error) {
	lies := map[orderAt]map[uint64]*ack{}
	err := q.each(func(r history.Record) {
		f, ok := r.(*history.Found)
		if !ok || !f.Intact {
			return
		}
		at := orderAt{QueueID{f.Topic, f.Broker, f.Queue}, f.Producer}
		s := orders[at][f.Seq]
		if s == nil || !q.onMaster(f) {
			return
		}
		if lies[at] == nil {
			lies[at] = map[uint64]*ack{}
		}
		if was := lies[at][f.Seq]; was == nil || f.Offset < was.offset {
			lies[at][f.Seq] = &ack{f.Offset, s.start, s.end, s.seq}
		}
	})
	return lies, err
}

// judgeOrder finds the sends that lie before one that had ended when they began.
func (q *comparison) judgeOrder(t *Tally, at orderAt, steps map[uint64]*ack, how string) {
	for _, p := range inversions(steps) {
		later, earlier := p[0], p[1]
		if later.seq < earlier.seq {
			q.renumbered++ // the offsets agree with the numbers: it is the times that do not
			continue
		}
		m := ID{at.producer, later.seq}
		q.add(t, func() Violation {
			return Violation{Summary: fmt.Sprintf("%s began %s, after seq %d had ended %s, and %s %d, before %d of %s",
				m, Seconds(later.start), earlier.seq, Seconds(earlier.end), how, later.offset, earlier.offset, at.QueueID),
				Message: &m, Queue: &at.QueueID, Offset: later.offset}
		})
	}
}

// inversions pairs each ack that lies too low with the highest one that ended before it began.
func inversions(steps map[uint64]*ack) (out [][2]ack) {
	byStart := make([]*ack, 0, len(steps))
	for _, s := range steps {
		byStart = append(byStart, s)
	}
	slices.SortFunc(byStart, func(a, b *ack) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.seq, b.seq)) })
	var running byEnd
	var top *ack
	for _, s := range byStart {
		for len(running) > 0 && running[0].end < s.start {
			if o := heap.Pop(&running).(*ack); top == nil || o.offset > top.offset {
				top = o
			}
		}
		if top != nil && top.offset > s.offset {
			out = append(out, [2]ack{*s, *top})
		}
		heap.Push(&running, s)
	}
	return out
}

// byEnd is a heap of steps, the one that ends first on top.
type byEnd []*ack

func (h byEnd) Len() int           { return len(h) }
func (h byEnd) Less(i, j int) bool { return h[i].end < h[j].end }
func (h byEnd) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byEnd) Push(s any)        { *h = append(*h, s.(*ack)) }
func (h *byEnd) Pop() any {
	last := len(*h) - 1
	s := (*h)[last]
	*h = (*h)[:last]
	return s
}
