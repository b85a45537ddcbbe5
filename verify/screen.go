package verify

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/history"
)

// partial is what has been seen of a run so far, in a size that depends on queues and gaps. Partials of one
// run's histories, from many agents, merge in any order to the same verdict.
type partial struct {
	options  Options
	ids      idSet
	queues   queues
	times    *times
	keys     *keys
	skip     skipper
	rescan   bool // a queue was scanned more than once
	notes    []string
	torn     bool
	ordered  map[string]bool
	claims   []string // as the run lines state them
	declared []string // consumer groups that the run lines name
	copies   int      // how many replicas an acknowledgement promises, 0 where not promised
	unplaced int64    // acknowledged sends that named no queue or no offset
	runs     int
	sends    bool // a send was seen
	late     bool // an ordered topic was named after sends, so that some of its messages were not compared
}

// newPartial begins a judgement.
func newPartial(o Options) *partial {
	return &partial{
		options: o.withDefaults(), times: newTimes(), keys: newKeys(), ordered: map[string]bool{},
		queues: queues{all: map[place]*queue{}},
	}
}

// observe takes the next record of a history, in the order in which they were written. It keeps no reference to it.
func (p *partial) observe(r history.Record) {
	switch r := r.(type) {
	case *history.Send:
		p.send(r)
	case *history.Found:
		p.found(r)
	case *history.Deliver:
		p.deliver(r)
	case *history.Scan:
		p.scan(r)
	case *history.Probe:
		p.times.probe(r)
	case *history.Span:
		p.times.span(r)
	case *history.Run:
		p.run(r)
	}
}

func (p *partial) send(r *history.Send) {
	m := id{r.Producer, r.Seq}
	page, bit := p.ids.at(m), uint16(m.seq&pageMask)
	if !page.attempted.add(bit) {
		page.twice.add(bit)
	}
	switch r.Outcome {
	case history.OK:
		page.acked.add(bit)
		p.acked(r, m)
	case history.Failed:
		page.failed.add(bit)
	}
	p.sends = true
	if p.ordered[r.Topic] {
		p.keys.send(r)
	}
	if !p.options.MessagesOnly {
		p.times.send(r)
	}
}

func (p *partial) acked(r *history.Send, m id) {
	if r.Broker == "" || r.Offset < 0 {
		p.unplaced++
		return
	}
	q := p.queues.at(r.Topic, r.Broker, r.Queue)
	q.acks.add(r.Offset, m)
	if h := q.highest; r.Offset > h.offset || r.Offset == h.offset && r.End < h.end {
		q.highest = ackAt{r.Offset, r.End}
	}
	if r.End >= r.Start {
		q.lanes.at(r.Producer).add(step{r.Offset, r.Start, r.End, r.Seq})
	}
}

func (p *partial) found(r *history.Found) {
	if p.skip.found(r) {
		return
	}
	rep := p.queues.at(r.Topic, r.Broker, r.Queue).replica(r.Replica)
	if len(rep.scans) > 0 && !rep.open {
		rep.open, p.rescan = true, true
	}
	m := id{r.Producer, r.Seq}
	if !r.Intact {
		m = damaged
		rep.broken++
		if len(rep.bad) < maxBad {
			rep.bad[r.Offset] = true
		}
	}
	page, fresh := rep.found.add(r.Offset, m)
	if fresh && rep.master {
		if q := p.queues.at(r.Topic, r.Broker, r.Queue); q.acks.has(r.Offset) {
			page.acked += mark(r.Offset, m)
		} else {
			page.open++
		}
	}
	if r.Intact {
		p.seen(m, rep.master)
	}
}

// seen books that message m was found on a master, or elsewhere.
func (p *partial) seen(m id, master bool) {
	page, bit := p.ids.at(m), uint16(m.seq&pageMask)
	switch {
	case master && !page.master.add(bit):
		page.double.add(bit)
	case !master && (!page.attempted.has(bit) || page.failed.has(bit)):
		page.elsewhere.add(bit)
	}
}

func (p *partial) deliver(r *history.Deliver) {
	m := deliveredID(r)
	_, fresh := p.queues.at(r.Topic, r.Broker, r.Queue).group(r.Group).add(r.Offset, m)
	if p.ordered[r.Topic] {
		p.keys.deliver(r, fresh)
	}
	if m != damaged {
		p.seen(m, false)
	}
}

// deliveredID is the message that a consumer was given; damaged where the record says that its body was not
// intact, or not of this run.
func deliveredID(r *history.Deliver) id {
	if r.Damaged {
		return damaged
	}
	return id{r.Producer, r.Seq}
}

func (p *partial) scan(r *history.Scan) {
	rep := p.queues.at(r.Topic, r.Broker, r.Queue).replica(r.Replica)
	s := *r
	s.Extra = nil
	if p.skip.scan(r) {
		rep.earlier = append(rep.earlier, s)
		return
	}
	p.rescan = p.rescan || len(rep.scans) > 0
	rep.scans, rep.open = append(rep.scans, s), false
}

// run takes what a run line states.
func (p *partial) run(r *history.Run) {
	p.runs++
	for _, t := range r.Ordered {
		p.late = p.late || p.sends && !p.ordered[t]
		p.ordered[t] = true
	}
	for _, c := range r.Claims {
		if !slices.Contains(p.claims, c) {
			p.claims = append(p.claims, c)
		}
	}
	for _, g := range r.Groups {
		if !slices.Contains(p.declared, g) {
			p.declared = append(p.declared, g)
		}
	}
	var promise struct{ Copies int }
	if len(r.Promise) > 0 {
		if err := json.Unmarshal(r.Promise, &promise); err != nil {
			p.notes = append(p.notes, fmt.Sprintf("the run's promise cannot be read: %v", err))
		}
	}
	p.copies = max(p.copies, promise.Copies)
}
