package verify

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// Bounds of what is shown of one operation.
const (
	maxRelated = 12 // records of the same message or the same offset
	neighbours = 3  // sends to the same queue, before and after
)

// context is a violation with the records around it.
type context struct {
	facts.Violation
	related []event
	at      time.Duration // when the operation happened
	timed   bool
	scans   []event // the lines that close the scans of its queue
	before  []event // sends to the same queue
	after   []event
	edge    [3]*event // of an outage: the last acknowledgement before it, the first that was tried in it, the first acknowledgement after it
	probes  [2]*event // the last probe of the group before it and the first after it that got no success
}

// event is one record with its time.
type event struct {
	at     time.Duration
	record history.Record
	timed  bool
}

// show adds the evidence to the judgements, each of which has its violations.
func show(f *Facts, judged []Judgement, violations [][]facts.Violation) error {
	var all []*context
	of := make([][]*context, len(judged))
	for i, l := range violations {
		for _, v := range l {
			of[i] = append(of[i], &context{Violation: v})
		}
		all = append(all, of[i]...)
	}
	if len(all) == 0 {
		return nil
	}
	if err := collectRelated(f, all); err != nil {
		return err
	}
	if err := collectNeighbours(f, all); err != nil {
		return err
	}
	spans := f.Times.Spans()
	for i := range judged {
		for _, c := range of[i] {
			judged[i].Evidence = append(judged[i].Evidence, c.evidence(spans))
		}
	}
	return nil
}

// collectRelated reads the histories for all records of each violation's message and offset.
func collectRelated(f *Facts, all []*context) error {
	byID, bySpot := map[facts.ID][]*context{}, map[facts.Location][]*context{}
	for _, s := range all {
		if s.Message != nil {
			byID[*s.Message] = append(byID[*s.Message], s)
		}
		if s.Queue != nil {
			at := facts.Location{QueueID: *s.Queue, Offset: s.Offset}
			bySpot[at] = append(bySpot[at], s)
		}
		if m := eventOf(s.Record); s.Record != nil {
			s.related, s.at, s.timed = append(s.related, m), m.at, m.timed
		}
	}
	byQueue := map[facts.QueueID][]*context{}
	for _, s := range all {
		if s.Queue != nil {
			byQueue[*s.Queue] = append(byQueue[*s.Queue], s)
		}
	}
	return f.Each(func(r history.Record) {
		if scan, ok := r.(*history.Scan); ok {
			for _, s := range byQueue[queueOf(scan.Topic, scan.Broker, scan.Queue)] {
				s.scans = append(s.scans, eventOf(ptr(*scan)))
			}
			return
		}
		m, at, ok := subject(r)
		if !ok {
			return
		}
		l := byID[m]
		for _, s := range bySpot[at] {
			if !slices.Contains(l, s) {
				l = append(slices.Clip(l), s)
			}
		}
		for _, s := range l {
			s.relate(r)
		}
	})
}

// subject is the message and the offset that a record is about.
func subject(r history.Record) (m facts.ID, at facts.Location, ok bool) {
	switch r := r.(type) {
	case *history.Send:
		return facts.ID{Producer: r.Producer, Seq: r.Seq}, locationOf(r.Topic, r.Broker, r.Queue, r.Offset), true
	case *history.Found:
		return facts.FoundID(r), locationOf(r.Topic, r.Broker, r.Queue, r.Offset), true
	case *history.Deliver:
		return facts.DeliveredID(r), locationOf(r.Topic, r.Broker, r.Queue, r.Offset), true
	}
	return m, at, false
}

func (s *context) relate(r history.Record) {
	if len(s.related) >= maxRelated {
		return
	}
	m := eventOf(keep(r))
	s.related = append(s.related, m)
	if send, ok := r.(*history.Send); ok && (s.Message == nil || *s.Message == (facts.ID{Producer: send.Producer, Seq: send.Seq})) && m.timed {
		s.at, s.timed = m.at, true
	} else if !s.timed && m.timed {
		s.at, s.timed = m.at, true
	}
}

// keep copies a record that may be overwritten by the next.
func keep(r history.Record) history.Record {
	switch r := r.(type) {
	case *history.Send:
		return ptr(*r)
	case *history.Found:
		return ptr(*r)
	case *history.Deliver:
		return ptr(*r)
	case *history.Probe:
		return ptr(*r)
	}
	return r
}

func eventOf(r history.Record) event {
	switch x := r.(type) {
	case *history.Send:
		return event{x.Start, r, true}
	case *history.Deliver:
		return event{x.Start, r, true}
	case *history.Probe:
		return event{x.Start, r, true}
	case *history.Span:
		return event{x.Start, r, true}
	case *history.Scan:
		return event{x.End, r, true}
	case *history.Change:
		return event{x.At, r, true}
	}
	return event{0, r, false}
}

// collectNeighbours reads the histories for the sends to the same queue around each violation, and for the
// failing probes of its broker group nearest to it.
func collectNeighbours(f *Facts, all []*context) error {
	byQueue, byGroup := map[facts.QueueID][]*context{}, map[string][]*context{}
	var outages []*context
	for _, s := range all {
		if s.Times != (availability.Outage{}) {
			outages = append(outages, s)
		}
		if s.Queue != nil && s.timed {
			byQueue[*s.Queue] = append(byQueue[*s.Queue], s)
			byGroup[s.Queue.Broker] = append(byGroup[s.Queue.Broker], s)
		}
	}
	return f.Each(func(r history.Record) {
		switch r := r.(type) {
		case *history.Send:
			for _, s := range byQueue[queueOf(r.Topic, r.Broker, r.Queue)] {
				s.neighbour(r)
			}
			for _, s := range outages {
				s.aroundOutage(r)
			}
		case *history.Probe:
			if r.Outcome == history.OK {
				return
			}
			for _, s := range byGroup[r.Broker] {
				s.probe(r)
			}
		}
	})
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

// evidence writes the context down.
func (s *context) evidence(spans []history.Span) Evidence {
	return Evidence{Summary: s.Summary, Operation: s.operation(), Timeline: s.timeline(spans)}
}

// operation is the record that the violation is about: the message's send, else the first record of it.
func (s *context) operation() json.RawMessage {
	var about history.Record
	for _, m := range s.related {
		send, isSend := m.record.(*history.Send)
		if about == nil || isSend && s.Message != nil && *s.Message == (facts.ID{Producer: send.Producer, Seq: send.Seq}) {
			about = m.record
		}
	}
	if about == nil {
		return json.RawMessage("null")
	}
	b, err := history.EncodeLine(about)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}

func queueOf(topic, broker string, number int32) facts.QueueID {
	return facts.QueueID{Topic: topic, Broker: broker, Number: number}
}

func locationOf(topic, broker string, number int32, offset int64) facts.Location {
	return facts.Location{QueueID: queueOf(topic, broker, number), Offset: offset}
}

func ptr[T any](v T) *T { return &v }
