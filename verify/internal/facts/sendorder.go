package facts

import (
	"math"
	"time"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// orderDepth is how many of a producer's latest acknowledgements in a queue are kept: more than a producer has
// in flight to one queue, so that a send can be compared with those that ended before it began.
const orderDepth = 16

// sendOrder follows one producer's acknowledged sends to one queue, in the order of their records.
type sendOrder struct {
	ring    []ack // the latest; ring[next] is the oldest once it is full
	count   int64
	all     bounds // of all sends
	gone    bounds // of those that left the ring
	next    uint8
	inverse bool // a send lies on the wrong side of one that it does not overlap
	unsure  bool // a comparison needed what had left the ring
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
			l.inverse = true
			return
		}
	}
	if l.gone.mayInvert(s) {
		l.unsure = true
	}
}

// suspect reports whether the sendOrder's sends must be compared one by one.
func (l *sendOrder) suspect() bool { return l.inverse || l.unsure }

// sendOrders are the send orders of one queue, by producer.
type sendOrders struct {
	few  []ofProducer // most queues have few producers
	many *sets.Numbered[sendOrder]
}

type ofProducer struct {
	sendOrder
	producer uint32
}

// fewProducers is how many are looked for one after the other.
const fewProducers = 2

// at gives the producer's send order, made where it is missing. It is valid until the next call.
func (s *sendOrders) at(producer uint32) *sendOrder {
	if s.many != nil {
		return s.ofMany(producer)
	}
	for i := range s.few {
		if s.few[i].producer == producer {
			return &s.few[i].sendOrder
		}
	}
	if len(s.few) < fewProducers {
		s.few = append(s.few, ofProducer{*newSendOrder(), producer})
		return &s.few[len(s.few)-1].sendOrder
	}
	s.many = &sets.Numbered[sendOrder]{}
	for i := range s.few {
		s.many.Put(s.few[i].producer, &s.few[i].sendOrder)
	}
	return s.ofMany(producer)
}

func (s *sendOrders) ofMany(producer uint32) *sendOrder {
	o := s.many.At(producer)
	if o == nil {
		o = newSendOrder()
		s.many.Put(producer, o)
	}
	return o
}

// each calls f for every send order.
func (s *sendOrders) each(f func(producer uint32, o *sendOrder)) {
	if s.many != nil {
		for p, o := range s.many.All() {
			f(p, o)
		}
		return
	}
	for i := range s.few {
		f(s.few[i].producer, &s.few[i].sendOrder)
	}
}
