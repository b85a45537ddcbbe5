package verify

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// Bounds of what is shown of one operation.
const (
	maxRelated = 12 // records of the same message or the same offset
	neighbours = 3  // sends to the same queue, before and after
)

// scene is an exhibit with the records around it.
type scene struct {
	exhibit
	related []moment
	at      time.Duration // when the operation happened
	timed   bool
	before  []moment // sends to the same queue
	after   []moment
	probes  [2]*moment // the last probe of the group before it and the first after it that got no success
}

// moment is one record with its time.
type moment struct {
	at     time.Duration
	record history.Record
	timed  bool
}

// show adds the evidence to the claims of the report.
func (q *inquiry) show(r *Report, exhibits map[string][]exhibit) error {
	scenes := map[string][]*scene{}
	var all []*scene
	for id, l := range exhibits {
		for _, e := range l {
			s := &scene{exhibit: e}
			scenes[id] = append(scenes[id], s)
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return nil
	}
	if err := q.collectRelated(all); err != nil {
		return err
	}
	if err := q.collectNeighbours(all); err != nil {
		return err
	}
	for i, c := range r.Claims {
		for _, s := range scenes[c.ID] {
			r.Claims[i].Evidence = append(r.Claims[i].Evidence, s.evidence(q.times.sortedSpans()))
		}
	}
	return nil
}

// collectRelated reads the histories for all records of each exhibit's message and offset.
func (q *inquiry) collectRelated(all []*scene) error {
	byID, bySpot := map[id][]*scene{}, map[spot][]*scene{}
	for _, s := range all {
		if s.message != nil {
			byID[*s.message] = append(byID[*s.message], s)
		}
		if s.place != nil {
			at := spot{*s.place, s.offset}
			bySpot[at] = append(bySpot[at], s)
		}
		if m := momentOf(s.record); s.record != nil {
			s.related, s.at, s.timed = append(s.related, m), m.at, m.timed
		}
	}
	return q.each(func(r history.Record) {
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
func subject(r history.Record) (m id, at spot, ok bool) {
	switch r := r.(type) {
	case *history.Send:
		return id{r.Producer, r.Seq}, spot{place{r.Topic, r.Broker, r.Queue}, r.Offset}, true
	case *history.Found:
		return foundID(r), spot{place{r.Topic, r.Broker, r.Queue}, r.Offset}, true
	case *history.Deliver:
		return deliveredID(r), spot{place{r.Topic, r.Broker, r.Queue}, r.Offset}, true
	}
	return m, at, false
}

func (s *scene) relate(r history.Record) {
	if len(s.related) >= maxRelated {
		return
	}
	m := momentOf(keep(r))
	s.related = append(s.related, m)
	if send, ok := r.(*history.Send); ok && (s.message == nil || *s.message == (id{send.Producer, send.Seq})) && m.timed {
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

func momentOf(r history.Record) moment {
	switch x := r.(type) {
	case *history.Send:
		return moment{x.Start, r, true}
	case *history.Deliver:
		return moment{x.Start, r, true}
	case *history.Probe:
		return moment{x.Start, r, true}
	case *history.Span:
		return moment{x.Start, r, true}
	case *history.Scan:
		return moment{x.End, r, true}
	}
	return moment{0, r, false}
}

// collectNeighbours reads the histories for the sends to the same queue around each exhibit, and for the
// failing probes of its broker group nearest to it.
func (q *inquiry) collectNeighbours(all []*scene) error {
	byPlace, byGroup := map[place][]*scene{}, map[string][]*scene{}
	for _, s := range all {
		if s.place != nil && s.timed {
			byPlace[*s.place] = append(byPlace[*s.place], s)
			byGroup[s.place.broker] = append(byGroup[s.place.broker], s)
		}
	}
	return q.each(func(r history.Record) {
		switch r := r.(type) {
		case *history.Send:
			for _, s := range byPlace[place{r.Topic, r.Broker, r.Queue}] {
				s.neighbour(r)
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

// neighbour keeps the sends nearest in time on either side.
func (s *scene) neighbour(r *history.Send) {
	if s.isRelated(r) {
		return
	}
	if r.Start < s.at {
		s.before = nearest(s.before, r, func(a, b time.Duration) bool { return a > b })
		return
	}
	s.after = nearest(s.after, r, func(a, b time.Duration) bool { return a < b })
}

func (s *scene) isRelated(r *history.Send) bool {
	return slices.ContainsFunc(s.related, func(m moment) bool {
		o, ok := m.record.(*history.Send)
		return ok && o.Producer == r.Producer && o.Seq == r.Seq
	})
}

// nearest keeps the first few by the given order.
func nearest(l []moment, r *history.Send, closer func(a, b time.Duration) bool) []moment {
	if len(l) == neighbours && !closer(r.Start, l[neighbours-1].at) {
		return l
	}
	i := 0
	for i < len(l) && !closer(r.Start, l[i].at) {
		i++
	}
	l = slices.Insert(l, i, momentOf(ptr(*r)))
	return l[:min(len(l), neighbours)]
}

func (s *scene) probe(r *history.Probe) {
	side := 0
	if r.Start >= s.at {
		side = 1
	}
	old := s.probes[side]
	if old == nil || side == 0 && r.Start > old.at || side == 1 && r.Start < old.at {
		s.probes[side] = ptr(momentOf(keep(r)))
	}
}

// evidence writes the scene down.
func (s *scene) evidence(spans []history.Span) Evidence {
	return Evidence{Summary: s.summary, Operation: s.operation(), Timeline: s.timeline(spans)}
}

// operation is the record that the exhibit is about: the message's send, else the first record of it.
func (s *scene) operation() json.RawMessage {
	var about history.Record
	for _, m := range s.related {
		send, isSend := m.record.(*history.Send)
		if about == nil || isSend && s.message != nil && *s.message == (id{send.Producer, send.Seq}) {
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
