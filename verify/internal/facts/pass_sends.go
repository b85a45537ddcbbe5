package facts

import (
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

func (p *firstPass) send(r *history.Send) {
	m := ID{r.Producer, r.Seq}
	page, bit := p.ids.at(m), uint16(m.Seq&sets.PageMask)
	if !page.attempted.Add(bit) {
		page.twice.Add(bit)
	}
	switch r.Outcome {
	case history.OK:
		page.acked.Add(bit)
	case history.Failed:
		page.failed.Add(bit)
	}
	if r.KeptApart() {
		p.apart++
		page.apart.Add(bit)
		p.isApart(r.Topic)
	}
	q := p.sentTo(r)
	if r.Outcome == history.OK {
		p.acked(q, r)
	}
	p.mayLie(q, r)
	if r.Status == restartStatus {
		p.restarted++
	}
	p.sends = true
	if len(p.ordered) > 0 && p.ordered[r.Topic] {
		p.keys.send(r)
	}
	if !p.options.MessagesOnly && p.times.Send(r) && q != nil && r.Queue >= 0 {
		q.service.Add(r)
	}
}

// sentTo is the queue that an attempt names, nil where it names none.
func (p *firstPass) sentTo(r *history.Send) *queue {
	if r.Broker == "" || r.Queue < 0 && (r.Outcome != history.OK || r.Offset < 0) {
		return nil
	}
	return p.queues.at(r.Topic, r.Broker, r.Queue)
}

// mayLie notes that a queue was sent to, and from when on it may hold a message: an attempt of unknown outcome may have been
// stored, too.
func (p *firstPass) mayLie(q *queue, r *history.Send) {
	named := q != nil && r.Queue >= 0
	if named && (r.Outcome != history.OK || r.Offset < 0) {
		q.sent = true
	}
	switch {
	case r.Outcome == history.Failed:
	case named:
		q.firstSent = min(q.firstSent, r.Start)
	default:
		p.anywhere = min(p.anywhere, r.Start)
	}
}

func (p *firstPass) acked(q *queue, r *history.Send) {
	if q != nil && r.KeptApart() {
		q.apart = true
		return
	}
	if q == nil || r.Offset < 0 {
		p.unplaced++
		return
	}
	q.acks.add(r.Offset, ID{r.Producer, r.Seq})
	if r.Offset >= q.highest.offset {
		q.highest = q.highest.higher(ackAt{r.Offset, r.End})
	}
	if r.End >= r.Start {
		q.orders.at(r.Producer).add(ack{r.Offset, r.Start, r.End, r.Seq})
	}
}
