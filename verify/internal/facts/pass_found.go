package facts

import (
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// slab takes records that stand together, as observe takes one.
func (p *firstPass) slab(l history.Slab) {
	if l.Other != nil {
		p.observe(l.Other)
	}
	for i := range l.Sends {
		p.send(&l.Sends[i])
	}
	if l.Alike {
		p.foundAlike(l.Founds)
		return
	}
	for i := range l.Founds {
		p.found(&l.Founds[i])
	}
}

func (p *firstPass) found(r *history.Found) {
	if p.skip.found(r) {
		return
	}
	q := p.queues.at(r.Topic, r.Broker, r.Queue)
	p.foundOn(q, p.replica(q, r.Replica), r)
}

// foundOn takes a message of a queue's replica.
func (p *firstPass) foundOn(q *queue, rep *replica, r *history.Found) {
	if len(rep.scans) > 0 && !rep.unfinished && !rep.closedAhead(r.Offset) {
		rep.unfinished, p.rescan = true, true
	}
	rep.low = min(rep.low, r.Offset)
	m := ID{r.Producer, r.Seq}
	if !r.Intact {
		m = damaged
		rep.broken++
		if len(rep.bad) < p.options.Bounds.Damaged {
			rep.damage(r.Offset)
		}
	}
	sum := mark(r.Offset, m)
	page, fresh := rep.found.sum(r.Offset, sum)
	if fresh && rep.master {
		if q.acks.has(r.Offset) {
			page.acked += sum
		} else {
			page.unacked++
		}
	}
	p.says(rep, r, m)
	if r.Intact {
		p.seen(m, rep.master && !q.internal)
	}
}

// closedAhead reports whether the only scan of a queue stands before its messages, as a hand-written history may have it.
func (r *replica) closedAhead(offset int64) bool {
	s := r.scans[0]
	return len(r.scans) == 1 && (r.found.count == 0 || r.ahead) && s.Min <= offset && offset < s.Max && r.setAhead()
}

func (r *replica) setAhead() bool {
	r.ahead = true
	return true
}

// says books the offset that a message names itself. That is its place, until a message of the replica names another:
// the history is then read once more.
func (p *firstPass) says(rep *replica, r *history.Found, m ID) {
	if rep.said == nil && len(p.misnamed) > 0 && p.misnamed[rep.name] {
		rep.said = newWitness()
	}
	switch {
	case rep.said != nil:
		rep.said.add(SaidOffset(r), m)
	case r.Misplaced:
		p.newlyMisnamed(rep.name)
	}
}

func (p *firstPass) newlyMisnamed(replica string) {
	if p.misnaming == nil {
		p.misnaming = map[string]bool{}
	}
	p.misnaming[replica] = true
}

// SaidOffset is the offset that a message names itself, its place where it names none.
func SaidOffset(r *history.Found) int64 {
	if r.Misplaced {
		return r.Stored
	}
	return r.Offset
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
