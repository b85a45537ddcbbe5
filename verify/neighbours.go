package verify

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// neighbours is how many sends to the same queue are shown, before and after.
const neighbours = 3

// around finds the sends to the same queue around each violation, and the failing probes of its broker group nearest to it.
type around struct {
	byQueue map[facts.QueueID][]*context
	byGroup map[string][]*context
	outages []*context
	numbers facts.Filter // of the queues
}

func newAround(all []*context) *around {
	a := &around{byQueue: map[facts.QueueID][]*context{}, byGroup: map[string][]*context{}}
	for _, s := range all {
		if s.Times != (availability.Outage{}) {
			a.outages = append(a.outages, s)
		}
		if s.Queue != nil && s.timed {
			a.byQueue[*s.Queue] = append(a.byQueue[*s.Queue], s)
			a.byGroup[s.Queue.Broker] = append(a.byGroup[s.Queue.Broker], s)
			a.numbers.Add(facts.HashOf(s.Queue.Number, 0))
		}
	}
	return a
}

// collectNeighbours reads the histories for what went on around violations.
func collectNeighbours(f *Facts, all []*context) error { return f.Each(newAround(all).take) }

func (a *around) take(r history.Record) {
	switch r := r.(type) {
	case *history.Send:
		if a.numbers.May(facts.HashOf(r.Queue, 0)) {
			for _, s := range a.byQueue[queueOf(r.Topic, r.Broker, r.Queue)] {
				s.neighbour(r)
			}
		}
		for _, s := range a.outages {
			s.aroundOutage(r)
		}
	case *history.Probe:
		if r.Outcome == history.OK {
			return
		}
		for _, s := range a.byGroup[r.Broker] {
			s.probe(r)
		}
	}
}

// aroundOutage keeps the last acknowledgement before an outage, the first after it, and what was tried first in it.
func (s *context) aroundOutage(r *history.Send) {
	if s.Group != "" && r.Broker != s.Group {
		return
	}
	keep := func(slot int, better bool) {
		if s.edge[slot] == nil || better {
			s.edge[slot] = ptr(event{r.End, ptr(*r), true})
		}
	}
	at := func(slot int) time.Duration {
		if s.edge[slot] == nil {
			return 0
		}
		return s.edge[slot].at
	}
	switch ok := r.Outcome == history.OK; {
	case ok && r.End <= s.Times.Start:
		keep(0, r.End > at(0))
	case !ok && r.Start >= s.Times.Start && r.Start < s.Times.End:
		keep(1, r.End < at(1))
	case ok && r.End >= s.Times.End && !s.Times.Open:
		keep(2, r.End < at(2))
	}
}

// neighbour keeps the sends nearest in time on either side.
func (s *context) neighbour(r *history.Send) {
	if s.isRelated(r) {
		return
	}
	if r.Start < s.at {
		s.before = nearest(s.before, r, func(a, b time.Duration) bool { return a > b })
		return
	}
	s.after = nearest(s.after, r, func(a, b time.Duration) bool { return a < b })
}

func (s *context) isRelated(r *history.Send) bool {
	if s.known() { // its records are found in the same reading
		return *s.Message == (facts.ID{Producer: r.Producer, Seq: r.Seq}) || r.Queue == s.Queue.Number && r.Offset == s.Offset
	}
	return slices.ContainsFunc(s.related, func(m event) bool {
		o, ok := m.record.(*history.Send)
		return ok && o.Producer == r.Producer && o.Seq == r.Seq
	})
}

// nearest keeps the first few by the given order.
func nearest(l []event, r *history.Send, closer func(a, b time.Duration) bool) []event {
	if len(l) == neighbours && !closer(r.Start, l[neighbours-1].at) {
		return l
	}
	i := 0
	for i < len(l) && !closer(r.Start, l[i].at) {
		i++
	}
	l = slices.Insert(l, i, eventOf(ptr(*r)))
	return l[:min(len(l), neighbours)]
}

func (s *context) probe(r *history.Probe) {
	side := 0
	if r.Start >= s.at {
		side = 1
	}
	old := s.probes[side]
	if old == nil || side == 0 && r.Start > old.at || side == 1 && r.Start < old.at {
		s.probes[side] = ptr(eventOf(keep(r)))
	}
}
