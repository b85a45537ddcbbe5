package verify

import (
	"math"
	"time"
)

// laneDepth is how many of a producer's latest acknowledgements in a queue are kept: more than a producer has
// in flight to one queue, so that a send can be compared with those that ended before it began.
const laneDepth = 16

// lane follows one producer's acknowledged sends to one queue, in the order of their records.
type lane struct {
	ring    []step // the latest; ring[next] is the oldest once it is full
	next    int
	count   int64
	all     reach // of all sends
	gone    reach // of those that left the ring
	inverse int64 // sends that lie on the wrong side of one that they do not overlap
	unsure  bool  // a comparison needed what had left the ring
}

// step is one acknowledged send.
type step struct {
	offset     int64
	start, end time.Duration
	seq        uint64
}

// reach bounds a set of steps, so that most comparisons need no look at them.
type reach struct {
	offset int64
	start  time.Duration
}

func (r *reach) add(s step) { r.offset, r.start = max(r.offset, s.offset), max(r.start, s.start) }

// mayInvert reports whether a step of the set may lie on the wrong side of s.
func (r *reach) mayInvert(s step) bool { return r.offset > s.offset || r.start > s.end }

func newLane() *lane {
	none := reach{math.MinInt64, math.MinInt64}
	return &lane{all: none, gone: none}
}

// inverted reports whether a and b do not overlap in time and lie in the wrong order.
func inverted(a, b step) bool {
	return a.end < b.start && a.offset > b.offset || b.end < a.start && b.offset > a.offset
}

// add takes the next acknowledged send.
func (l *lane) add(s step) {
	if l.all.mayInvert(s) {
		l.compare(s)
	}
	l.all.add(s)
	l.count++
	if len(l.ring) < laneDepth {
		l.ring = append(l.ring, s)
		return
	}
	l.gone.add(l.ring[l.next])
	l.ring[l.next] = s
	l.next = (l.next + 1) % laneDepth
}

func (l *lane) compare(s step) {
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

// suspect reports whether the lane's sends must be compared one by one.
func (l *lane) suspect() bool { return l.inverse > 0 || l.unsure }

// lanes are the lanes of one queue, by producer.
type lanes struct {
	low  []*lane
	high map[uint32]*lane
}

func (s *lanes) at(producer uint32) *lane {
	if producer >= maxLow {
		return s.far(producer)
	}
	for uint32(len(s.low)) <= producer {
		s.low = append(s.low, nil)
	}
	if s.low[producer] == nil {
		s.low[producer] = newLane()
	}
	return s.low[producer]
}

func (s *lanes) far(producer uint32) *lane {
	if s.high == nil {
		s.high = map[uint32]*lane{}
	}
	if s.high[producer] == nil {
		s.high[producer] = newLane()
	}
	return s.high[producer]
}

// each calls f for every lane.
func (s *lanes) each(f func(producer uint32, l *lane)) {
	for p, l := range s.low {
		if l != nil {
			f(uint32(p), l)
		}
	}
	for p, l := range s.high {
		f(p, l)
	}
}
