package facts

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/availability"
)

// firstPass is what has been seen of a run so far, in a size that depends on queues and gaps. Partials of one
// run's histories, from many agents, merge in any order to the same verdict.
type firstPass struct {
	options             Options
	ids                 sendSet
	queues              queues
	times               *availability.Times
	keys                *keys
	misnamed, misnaming map[string]bool // replicas whose messages name other offsets than their places: known before, found now
	skip                skipper
	known               map[scanned]bool // which replicas are masters, from a reading before this one
	mistaken            bool             // a replica was taken for a master or a slave, and its scan says otherwise
	rescan              bool             // a queue was scanned more than once
	notes               []string
	torn                bool
	unclocked           string // stands where a history is on no clock of the others
	ordered             map[string]bool
	announced           Announced
	problems            []history.Problem
	restarted           int64 // sends of which an agent that was restarted knows nothing
	changes             []history.Change
	states              []history.State
	anywhere            time.Duration   // when the first attempt began that may lie in any queue: nobody knows its outcome or its place
	unplaced            int64           // acknowledged sends that named no queue or no offset
	apart               int64           // sends of messages that are kept apart first
	apartIn             map[string]bool // their topics
	runs                int
	sends               bool // a send was seen
	late                bool // an ordered topic was named after sends, so that some of its messages were not compared
}

// restartStatus is the status of sends that were under way when the agent was restarted.
const restartStatus = "AGENT_RESTART"

// newFirstPass begins a judgement.
func newFirstPass(o Options) *firstPass {
	return &firstPass{
		options: o, times: availability.NewTimes(o.Bounds.Ticks), keys: newKeys(), ordered: map[string]bool{},
		anywhere: math.MaxInt64,
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
		for _, at := range []time.Duration{r.Decided, r.Injected, r.ConfirmedAt, r.Healing, r.Healed} {
			p.times.Moment(at)
		}
	case *history.Run:
		p.run(r)
	case *history.Change:
		c := *r
		c.Extra = nil
		p.times.Moment(r.At)
		p.changes = append(p.changes, c)
	case *history.State:
		c := *r
		c.Extra = nil
		p.times.Moment(r.At)
		p.states = append(p.states, c)
	case *history.Problem:
		c := *r
		c.Extra = nil
		p.problems = append(p.problems, c)
	}
}

// replica gives a queue's replica, with what is known of it from a reading before this one.
func (p *firstPass) replica(q *queue, name string) *replica {
	r := q.replica(name)
	if p.known != nil && !r.settled {
		r.master, r.told = p.known[scanned{q.QueueID, name}]
		r.settled = true
	}
	return r
}

func (p *firstPass) deliver(r *history.Deliver) {
	m := DeliveredID(r)
	g := p.queues.at(r.Topic, r.Broker, r.Queue).group(r.Group)
	_, fresh := g.add(r.Offset, m)
	g.first = min(g.first, r.Start)
	p.times.Moment(r.Start)
	if r.Offset >= g.last.offset {
		g.last = g.last.higher(ackAt{r.Offset, r.Start})
	}
	if p.ordered[r.Topic] {
		p.keys.deliver(r, fresh)
	}
	if !r.Damaged {
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
	rep := p.replica(p.queues.at(r.Topic, r.Broker, r.Queue), r.Replica)
	s := scan{r.Min, r.Max, r.Expired, r.End, r.Complete, r.Why, r.Holes}
	p.times.Moment(r.End)
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
	var promise struct{ Copies int }
	if len(r.Promise) > 0 {
		if err := json.Unmarshal(r.Promise, &promise); err != nil {
			p.notes = append(p.notes, fmt.Sprintf("the run's promise cannot be read: %v", err))
		}
	}
	p.announced.add(announcedBy(r, promise.Copies))
}
