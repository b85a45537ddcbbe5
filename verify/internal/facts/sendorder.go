package facts

import (
	"math"
	"time"
)

// orderDepth is how many of a producer's latest acknowledgements in a queue are kept: more than a producer has
// in flight to one queue, so that a send can be compared with those that ended before it began.
const orderDepth = 16

// sendOrder follows one producer's acknowledged sends to one queue, in the order of their records.
type sendOrder struct {
	ring    []ack // the latest; ring[next] is the oldest once it is full
	next    int
	count   int64
	all     bounds // of all sends
	gone    bounds // of those that left the ring
	inverse int64  // sends that lie on the wrong side of one that they do not overlap
	unsure  bool   // a comparison needed what had left the ring
}

// ack is one acknowledged send.
type ack struct {
	offset     int64
	start, end time.Duration
	seq        uint64
}

// bounds are those of a set of acks, so that most comparisons need no look at them.
type bounds struct {
	offset int64
	start  time.Duration
}

func (r *bounds) add(s ack) { r.offset, r.start = max(r.offset, s.offset), max(r.start, s.start) }

// mayInvert reports whether an ack of the set may lie on the wrong side of s.
func (r *bounds) mayInvert(s ack) bool { return r.offset > s.offset || r.start > s.end }

func newSendOrder() *sendOrder {
	none := bounds{math.MinInt64, math.MinInt64}
	return &sendOrder{all: none, gone: none}
}

// inverted reports whether a and b do not overlap in time and lie in the wrong order.
func inverted(a, b ack) bool {
	return a.end < b.start && a.offset > b.offset || b.end < a.start && b.offset > a.offset
}

// add takes the next acknowledged send.
func (l *sendOrder) add(s ack) {
	if l.all.mayInvert(s) {
		l.compare(s)
	}
	l.all.add(s)
	l.count++
	if len(l.ring) < orderDepth {
		l.ring = append(l.ring, s)
		return
	}
	l.gone.add(l.ring[l.next])
	l.ring[l.next] = s
	l.next = (l.next + 1) % orderDepth
}

func (l *sendOrder) compare(s ack) {
	for _, o := range l.ring {
		if inverted(o, s) {
			l.inverse++
			return
		}
	}
	if l.gone.mayInvert(s) {
		l.unsure = true
	}
}

// suspect reports whether the sendOrder's sends must be compared one by one.
func (l *sendOrder) suspect() bool { return l.inverse > 0 || l.unsure }

// sendOrders are the send orders of one queue, by producer.
type sendOrders struct {
	low  []*sendOrder // small numbers, as long as they are dense
	far  []farOrder   // the first others: most queues have few producers, and a map of few takes much
	rest map[uint32]*sendOrder
	n    int
}

type farOrder struct {
	producer uint32
	order    *sendOrder
}

// fewFar is how many are looked for one after the other.
const fewFar = 4

// at gives the producer's send order, made where it is missing.
func (s *sendOrders) at(producer uint32) *sendOrder {
	if producer < uint32(len(s.low)) && s.low[producer] != nil {
		return s.low[producer]
	}
	for i := range s.far {
		if s.far[i].producer == producer {
			return s.far[i].order
		}
	}
	if o := s.rest[producer]; o != nil {
		return o
	}
	o := newSendOrder()
	s.n++
	s.put(producer, o)
	return o
}

// put keeps memory to a few slots for each producer that there is.
func (s *sendOrders) put(producer uint32, o *sendOrder) {
	if int64(producer) >= int64(4*(s.n+1)) {
		if len(s.far) < fewFar {
			s.far = append(s.far, farOrder{producer, o})
			return
		}
		if s.rest == nil {
			s.rest = map[uint32]*sendOrder{}
		}
		s.rest[producer] = o
		return
	}
	for uint32(len(s.low)) <= producer {
		s.low = append(s.low, nil)
	}
	s.low[producer] = o
}

// each calls f for every send order.
func (s *sendOrders) each(f func(producer uint32, o *sendOrder)) {
	for p, o := range s.low {
		if o != nil {
			f(uint32(p), o)
		}
	}
	for _, x := range s.far {
		f(x.producer, x.order)
	}
	for p, o := range s.rest {
		f(p, o)
	}
}
