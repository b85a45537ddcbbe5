package verify

import (
	"slices"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// early gathers the evidence of lost messages in the reading that compares, before any is known to be lost: of messages that are
// missing, and of places that are empty. When a message's send comes along, its time and place are known; what went on
// before is taken from what passed last. What it does not know for certain is left to a reading of its own.
type early struct {
	bounds  earlyBounds
	byID    map[facts.ID]*watched
	bySpot  map[facts.Location]*noted
	queues  map[facts.QueueID]*passing
	groups  map[string]*refusing
	ids     facts.Filter
	spots   facts.Filter
	numbers facts.Filter // of the queues
	records int          // that were noted
	unmet   int          // messages whose sends have not come along
	over    bool
}

// earlyBounds limit what is remembered.
type earlyBounds struct{ messages, sends, probes int }

// atOnce are the bounds of a judgement. They are a variable for the tests' sake.
var atOnce = earlyBounds{messages: 64, sends: 64, probes: 256}

// watched is a message that may be lost.
type watched struct {
	noted
	context *context // nil until its send came along
	spoiled bool     // what went on around it is not known for certain
}

// passing is what goes on in a queue.
type passing struct {
	scans []event
	met   []*context
	sends recent[history.Send]
}

// refusing are the probes of a broker group that got no success.
type refusing struct {
	met    []*context
	probes recent[history.Probe]
}

// newEarly watches no more messages than are shown of a claim.
func newEarly(shown int) *early {
	b := atOnce
	b.messages = max(0, min(b.messages, shown))
	return &early{bounds: b, byID: map[facts.ID]*watched{}, bySpot: map[facts.Location]*noted{},
		queues: map[facts.QueueID]*passing{}, groups: map[string]*refusing{}}
}

// Expect takes what is missing: the claims show the first of it.
func (e *early) Expect(missing []facts.ID, places []facts.Location) {
	for _, m := range missing[:min(len(missing), e.bounds.messages)] {
		e.byID[m] = &watched{}
		e.ids.Add(m.Hash())
	}
	e.unmet = len(e.byID)
	for _, at := range places {
		e.bySpot[at] = &noted{}
		e.spots.Add(facts.HashOf(at.Number, at.Offset))
		e.numbers.Add(facts.HashOf(at.Number, 0))
		if e.queues[at.QueueID] == nil {
			e.queues[at.QueueID] = &passing{}
		}
		if e.groups[at.Broker] == nil {
			e.groups[at.Broker] = &refusing{}
		}
	}
}

// Done makes what was gathered count.
func (e *early) Done() { e.over = true }

// Take takes the next record.
func (e *early) Take(r history.Record) {
	switch r := r.(type) {
	case *history.Scan:
		if x := e.queues[queueOf(r.Topic, r.Broker, r.Queue)]; x != nil {
			x.scans = append(x.scans, eventOf(ptr(*r)))
		}
		return
	case *history.Probe:
		e.probe(r)
		return
	case *history.Send:
		e.send(r)
	}
	if m, at, ok := subject(r); ok {
		e.note(r, m, at)
	}
}

// note keeps a record of a message or of a place.
func (e *early) note(r history.Record, m facts.ID, at facts.Location) {
	var kept history.Record
	take := func(n *noted) {
		if kept == nil {
			kept, e.records = keep(r), e.records+1
		}
		n.take(e.records, kept)
	}
	if e.ids.May(m.Hash()) {
		if w := e.byID[m]; w != nil {
			take(&w.noted)
		}
	}
	if e.spots.May(facts.HashOf(at.Number, at.Offset)) {
		if n := e.bySpot[at]; n != nil {
			take(n)
		}
	}
}

func (e *early) probe(r *history.Probe) {
	g := e.groups[r.Broker]
	if g == nil || r.Outcome == history.OK {
		return
	}
	for _, c := range g.met {
		c.probe(r)
	}
	if e.unmet > 0 {
		g.probes.add(e.bounds.probes, *r, r.Start)
	}
}

func (e *early) send(r *history.Send) {
	var x *passing
	if e.numbers.May(facts.HashOf(r.Queue, 0)) {
		x = e.queues[queueOf(r.Topic, r.Broker, r.Queue)]
	}
	if m := (facts.ID{Producer: r.Producer, Seq: r.Seq}); e.ids.May(m.Hash()) && e.byID[m] != nil {
		e.meet(e.byID[m], x, r)
	}
	if x == nil {
		return
	}
	for _, c := range x.met {
		c.neighbour(r)
	}
	if e.unmet > 0 {
		x.sends.add(e.bounds.sends, *r, r.Start)
	}
}

// meet takes the send of a watched message, and what passed before it. A message that was sent twice is too odd to be judged here.
func (e *early) meet(w *watched, x *passing, r *history.Send) {
	if w.context == nil && !w.spoiled {
		e.unmet--
	}
	at := locationOf(r.Topic, r.Broker, r.Queue, r.Offset)
	if w.context != nil || x == nil || r.Outcome != history.OK || e.bySpot[at] == nil {
		w.spoiled = true
		return
	}
	s := *r
	c := &context{Violation: facts.Violation{Message: &facts.ID{Producer: s.Producer, Seq: s.Seq}, Queue: &at.QueueID, Offset: s.Offset, At: &s.Start}, at: s.Start, timed: true}
	x.sends.each(c.neighbour)
	g := e.groups[s.Broker]
	g.probes.each(c.probe)
	w.context, w.spoiled = c, !x.sends.beyond(len(c.before) == neighbours, c.before) || !g.probes.beyond(c.probes[0] != nil, c.lastProbe())
	x.met, g.met = append(x.met, c), append(g.met, c)
}

// lastProbe lists the last failing probe before it, if any.
func (s *context) lastProbe() []event {
	if s.probes[0] == nil {
		return nil
	}
	return []event{*s.probes[0]}
}

// of gives the context of a violation where all of it was gathered, else nil.
func (e *early) of(v facts.Violation) *context {
	if !e.over || v.Message == nil || v.Queue == nil || v.At == nil || v.Record != nil {
		return nil
	}
	w := e.byID[*v.Message]
	if w == nil || w.context == nil || w.spoiled || *w.context.Queue != *v.Queue || w.context.Offset != v.Offset || *w.context.At != *v.At {
		return nil
	}
	c := *w.context
	c.Violation, c.scans = v, e.queues[*v.Queue].scans
	for _, n := range both(w.noted, *e.bySpot[facts.Location{QueueID: *v.Queue, Offset: v.Offset}]) {
		c.relate(n.record)
	}
	return &c
}

// both are the records of two in the order in which they came, each once.
func both(a, b noted) noted {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(a, b numbered) int { return a.number - b.number })
	return slices.CompactFunc(all, func(a, b numbered) bool { return a.number == b.number })
}
