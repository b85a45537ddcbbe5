package facts

import (
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// foundAlike takes messages of one queue on one replica.
func (p *firstPass) foundAlike(l []history.Found) {
	r := &l[0]
	if p.skip.found(r) {
		return
	}
	q := p.queues.at(r.Topic, r.Broker, r.Queue)
	rep := p.replica(q, r.Replica)
	for len(l) > 0 {
		n := 0
		if len(rep.scans) == 0 && rep.said == nil && len(p.misnamed) == 0 {
			n = stretch(l)
		}
		if n == 0 || !p.foundStretch(q, rep, l[:n]) {
			n = max(n, 1)
			for i := range l[:n] {
				p.foundOn(q, rep, &l[i])
			}
		}
		l = l[n:]
	}
}

// stretch counts the messages that lie one after the other on one page, sound and where they say.
func stretch(l []history.Found) int {
	first := l[0].Offset
	most := min(len(l), sets.PageBits-int(first&sets.PageMask))
	for i := range l[:most] {
		if r := &l[i]; r.Offset != first+int64(i) || !r.Intact || r.Misplaced {
			return i
		}
	}
	return most
}

// foundStretch does what foundOn does, with a stretch at a time. It does nothing where one of the offsets was found before.
func (p *firstPass) foundStretch(q *queue, rep *replica, l []history.Found) bool {
	first := l[0].Offset
	page := rep.found.addAll(first, len(l))
	if page == nil {
		return false
	}
	rep.low = min(rep.low, first)
	var acked sets.Words
	if acks := q.acks.pages.Find(uint64(first)); acks != nil {
		acked = acks.set.Words()
	}
	bit, unacked, sums := uint16(first&sets.PageMask), uint16(0), [2]uint64{}
	for i := range l {
		r := &l[i]
		k := mark(r.Offset, ID{r.Producer, r.Seq})
		if acked.Has(bit + uint16(i)) {
			sums[0] += k
		} else {
			sums[1] += k
			unacked++
		}
	}
	page.sum += sums[0] + sums[1]
	if rep.master {
		page.acked += sums[0]
		page.unacked += unacked
	}
	for i := range l {
		p.seen(ID{l[i].Producer, l[i].Seq}, rep.master && !q.internal)
	}
	return true
}
