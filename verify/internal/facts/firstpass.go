package facts

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// firstPass is what has been seen of a run so far, in a size that depends on queues and gaps. Partials of one
// run's histories, from many agents, merge in any order to the same verdict.
type firstPass struct {
	options  Options
	ids      sendSet
	queues   queues
	times    *availability.Times
	keys     *keys
	skip     skipper
	known    map[scanned]bool // which replicas are masters, from a reading before this one
	mistaken bool             // a replica was taken for a master or a slave, and its scan says otherwise
	rescan   bool             // a queue was scanned more than once
	notes    []string
	torn     bool
	ordered  map[string]bool
	claims   []string // as the run lines state them
	declared []string // consumer groups that the run lines name
	copies   int      // how many replicas an acknowledgement promises, 0 where not promised
	changes  []history.Change
	unplaced int64 // acknowledged sends that named no queue or no offset
	runs     int
	sends    bool // a send was seen
	late     bool // an ordered topic was named after sends, so that some of its messages were not compared
}

// newFirstPass begins a judgement.
func newFirstPass(o Options) *firstPass {
	return &firstPass{
		options: o, times: availability.NewTimes(o.Bounds.Ticks), keys: newKeys(), ordered: map[string]bool{},
		queues: queues{all: map[QueueID]*queue{}},
	}
}

// observe takes the next record of a history, in the order in which they were written. It keeps no reference to it.
func (p *firstPass) observe(r history.Record) {
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
		p.times.Probe(r)
	case *history.Span:
		p.times.Span(r)
	case *history.Run:
		p.run(r)
	case *history.Change:
		c := *r
		c.Extra = nil
		p.changes = append(p.changes, c)
	}
}

func (p *firstPass) send(r *history.Send) {
	m := ID{r.Producer, r.Seq}
	page, bit := p.ids.at(m), uint16(m.Seq&sets.PageMask)
	if !page.attempted.Add(bit) {
		page.twice.Add(bit)
	}
	switch r.Outcome {
	case history.OK:
		page.acked.Add(bit)
		p.acked(r, m)
	case history.Failed:
		page.failed.Add(bit)
	}
	p.sends = true
	if p.ordered[r.Topic] {
		p.keys.send(r)
	}
	if !p.options.MessagesOnly {
		p.times.Send(r)
	}
}

func (p *firstPass) acked(r *history.Send, m ID) {
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
		q.orders.at(r.Producer).add(ack{r.Offset, r.Start, r.End, r.Seq})
	}
}

func (p *firstPass) found(r *history.Found) {
	if p.skip.found(r) {
		return
	}
	rep := p.replica(r.Topic, r.Broker, r.Queue, r.Replica)
	if len(rep.scans) > 0 && !rep.unfinished {
		rep.unfinished, p.rescan = true, true
	}
	m := ID{r.Producer, r.Seq}
	if !r.Intact {
		m = damaged
		rep.broken++
		if len(rep.bad) < p.options.Bounds.Damaged {
			rep.damage(r.Offset)
		}
	}
	page, fresh := rep.found.add(r.Offset, m)
	if fresh && rep.master {
		if q := p.queues.at(r.Topic, r.Broker, r.Queue); q.acks.has(r.Offset) {
			page.acked += mark(r.Offset, m)
		} else {
			page.unacked++
		}
	}
	if r.Intact {
		p.seen(m, rep.master)
	}
}

// replica gives a queue's replica, with what is known of it from a reading before this one.
func (p *firstPass) replica(topic, broker string, number int32, name string) *replica {
	q := p.queues.at(topic, broker, number)
	r := q.replica(name)
	if p.known != nil && !r.settled {
		r.master, r.told = p.known[scanned{q.QueueID, name}]
		r.settled = true
	}
	return r
}

// seen books that message m was found on a master, or elsewhere.
func (p *firstPass) seen(m ID, master bool) {
	page, bit := p.ids.at(m), uint16(m.Seq&sets.PageMask)
	switch {
	case master && !page.master.Add(bit):
		page.double.Add(bit)
	case !master && (!page.attempted.Has(bit) || page.failed.Has(bit)):
		page.elsewhere.Add(bit)
	}
}

func (p *firstPass) deliver(r *history.Deliver) {
	m := DeliveredID(r)
	_, fresh := p.queues.at(r.Topic, r.Broker, r.Queue).group(r.Group).add(r.Offset, m)
	if p.ordered[r.Topic] {
		p.keys.deliver(r, fresh)
	}
	if m != damaged {
		p.seen(m, false)
	}
}

// DeliveredID is the message that a consumer was given; damaged where the record says that its body was not
// intact, or not of this run.
func DeliveredID(r *history.Deliver) ID {
	if r.Damaged {
		return damaged
	}
	return ID{r.Producer, r.Seq}
}

func (p *firstPass) scan(r *history.Scan) {
	rep := p.replica(r.Topic, r.Broker, r.Queue, r.Replica)
	s := *r
	s.Extra = nil
	if p.skip.scan(r) {
		rep.earlier = append(rep.earlier, s)
		return
	}
	p.rescan = p.rescan || len(rep.scans) > 0
	if r.Master != rep.master {
		p.mistaken = p.mistaken || rep.found.count > 0
	}
	rep.master, rep.told = r.Master, true
	rep.scans, rep.unfinished = append(rep.scans, s), false
}

// run takes what a run line states.
func (p *firstPass) run(r *history.Run) {
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
