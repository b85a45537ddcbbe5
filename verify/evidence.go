package verify

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// maxRelated bounds the records of the same message or the same offset that are shown of one operation.
const maxRelated = 12

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

// show adds the evidence to the judgements, each of which has its violations: what was gathered early, or is read now.
func show(f *Facts, e *early, judged []Judgement, violations [][]facts.Violation) error {
	var open []*context
	of := make([][]*context, len(judged))
	for i, l := range violations {
		for _, v := range l {
			c := e.of(v)
			if c == nil {
				c = &context{Violation: v}
				open = append(open, c)
			}
			of[i] = append(of[i], c)
		}
	}
	if err := collect(f, open); err != nil {
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

// collect reads the histories for what went on around violations: once, or twice where the time of one is not known beforehand.
func collect(f *Facts, all []*context) error {
	if len(all) == 0 {
		return nil
	}
	if err := collectRelated(f, all); err != nil {
		return err
	}
	late := slices.DeleteFunc(slices.Clone(all), func(s *context) bool { return s.known() })
	if len(late) == 0 {
		return nil
	}
	return collectNeighbours(f, late)
}

// related finds the violations that a record belongs to.
type related struct {
	byID    map[facts.ID][]*context
	bySpot  map[facts.Location][]*context
	byQueue map[facts.QueueID][]*context
	ids     facts.Filter
	spots   facts.Filter
}

func newRelated(all []*context) *related {
	x := &related{byID: map[facts.ID][]*context{}, bySpot: map[facts.Location][]*context{}, byQueue: map[facts.QueueID][]*context{}}
	for _, s := range all {
		if s.Message != nil {
			x.byID[*s.Message] = append(x.byID[*s.Message], s)
			x.ids.Add(s.Message.Hash())
		}
		if s.Queue != nil {
			at := facts.Location{QueueID: *s.Queue, Offset: s.Offset}
			x.bySpot[at] = append(x.bySpot[at], s)
			x.spots.Add(facts.HashOf(s.Queue.Number, s.Offset))
			x.byQueue[*s.Queue] = append(x.byQueue[*s.Queue], s)
		}
	}
	return x
}

// of lists the violations of a record's message and of its offset, each once.
func (x *related) of(m facts.ID, at facts.Location) (l []*context) {
	if x.ids.May(m.Hash()) {
		l = x.byID[m]
	}
	if !x.spots.May(facts.HashOf(at.Number, at.Offset)) {
		return l
	}
	for _, s := range x.bySpot[at] {
		if !slices.Contains(l, s) {
			l = append(slices.Clip(l), s)
		}
	}
	return l
}

// collectRelated reads the histories for all records of each violation's message and offset, and for the scans of
// its queue.
func collectRelated(f *Facts, all []*context) error {
	for _, s := range all {
		if s.Record != nil {
			m := eventOf(s.Record)
			s.related, s.at, s.timed = append(s.related, m), m.at, m.timed
		} else if s.At != nil {
			s.at, s.timed = *s.At, true
		}
	}
	x, around := newRelated(all), newAround(slices.DeleteFunc(slices.Clone(all), func(s *context) bool { return !s.known() }))
	return f.Each(func(r history.Record) {
		around.take(r)
		if scan, ok := r.(*history.Scan); ok {
			for _, s := range x.byQueue[queueOf(scan.Topic, scan.Broker, scan.Queue)] {
				s.scans = append(s.scans, eventOf(ptr(*scan)))
			}
			return
		}
		if m, at, ok := subject(r); ok {
			for _, s := range x.of(m, at) {
				s.relate(r)
			}
		}
	})
}

// known reports whether the time of what happened is known before the histories are read for it, so that what went on around
// it is found in the same reading.
func (s *context) known() bool { return s.At != nil && s.Record == nil }

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
