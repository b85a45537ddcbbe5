package facts

import (
	"slices"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// merge adds what o has seen of the same run. o must not be used afterwards, and p observes no more.
func (p *firstPass) merge(o *firstPass) {
	p.ids.merge(&o.ids)
	for q := range o.queues.all() {
		p.queues.at(q.Topic, q.Broker, q.Number).merge(q)
	}
	p.times.Merge(o.times)
	p.keys.merge(o.keys)
	for t := range o.ordered {
		p.ordered[t] = true
	}
	p.announced.add(o.announced)
	p.problems = append(p.problems, o.problems...)
	p.restarted += o.restarted
	p.notes = union(p.notes, o.notes)
	p.rescan = p.rescan || o.rescan
	p.torn = p.torn || o.torn
	p.unclocked = first(p.unclocked, o.unclocked)
	p.late = p.late || o.late
	p.unplaced += o.unplaced
	p.anywhere = min(p.anywhere, o.anywhere)
	p.apart += o.apart
	for t := range o.apartIn {
		p.isApart(t)
	}
	p.changes = append(p.changes, o.changes...)
	p.states = append(p.states, o.states...)
	p.runs += o.runs
}

// union is a sorted list of all strings of both, so that it does not depend on the order of merging.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func (s *sendSet) merge(o *sendSet) {
	for producer, set := range o.producers() {
		mine := s.producer(producer)
		for no, page := range set.All() {
			mine.At(no << sets.PageShift).merge(page)
		}
	}
}

func (p *sendPage) merge(o *sendPage) {
	again := p.attempted.Join(&o.attempted)
	p.twice.Join(ptr(sets.Of(again)))
	p.acked.Join(&o.acked)
	p.failed.Join(&o.failed)
	p.apart.Join(&o.apart)
	double := p.master.Join(&o.master)
	p.double.Join(ptr(sets.Of(double)))
	p.elsewhere.Join(&o.elsewhere)
	p.twice.Join(&o.twice)
	p.double.Join(&o.double)
}

func ptr[T any](v T) *T { return &v }

func (q *queue) merge(o *queue) {
	q.acks.merge(o.acks)
	for _, r := range o.replicas {
		q.replica(r.name).merge(r)
	}
	for _, g := range o.groups {
		q.group(g.group).mergeGiven(g)
	}
	q.sent, q.apart = q.sent || o.sent, q.apart || o.apart
	q.firstSent = min(q.firstSent, o.firstSent)
	q.service.Merge(&o.service)
	o.orders.each(func(producer uint32, l *sendOrder) { q.orders.at(producer).merge(l) })
	q.highest = q.highest.higher(o.highest)
}

// mergeGiven brings together what one group was given of one queue.
func (g *given) mergeGiven(o *given) {
	g.witness.merge(&o.witness)
	g.first = min(g.first, o.first)
	g.last = g.last.higher(o.last)
}

// higher is the higher offset of two, and of one offset the earlier.
func (a ackAt) higher(b ackAt) ackAt {
	if b.offset > a.offset || b.offset == a.offset && b.end < a.end {
		return b
	}
	return a
}

func (t *witness) merge(o *witness) {
	for no, page := range o.pages.All() {
		both := t.pages.At(no << sets.PageShift).merge(page)
		t.again += both
		t.count += int64(page.set.Len()) - both
	}
	t.again += o.again
	t.high = max(t.high, o.high)
}

func (p *witnessPage) merge(o *witnessPage) int64 {
	both := sets.Count(p.set.Join(&o.set))
	p.sum += o.sum
	p.acked += o.acked
	p.unacked += o.unacked
	p.again = p.again || o.again || both > 0
	return both
}

// merge brings two scans of one queue together.
func (r *replica) merge(o *replica) {
	r.master, r.told = r.told && r.master || o.told && o.master, r.told || o.told
	r.mixed = r.mixed || o.mixed || r.touched() && o.touched()
	r.found.merge(o.found)
	r.low = min(r.low, o.low)
	if o.said != nil {
		r.said = o.said
	}
	r.scans = append(r.scans, o.scans...)
	r.earlier = append(r.earlier, o.earlier...)
	r.unfinished = r.unfinished || o.unfinished
	r.broken += o.broken
	for offset := range o.bad {
		r.damage(offset)
	}
}

func (r *replica) touched() bool { return len(r.scans) > 0 || r.unfinished || r.found.count > 0 }

// merge brings two parts of a sendOrder together, which takes no more sends from then on. The parts' order in time is
// not known here, so that they are compared one by one.
func (l *sendOrder) merge(o *sendOrder) {
	l.unsure = l.unsure || o.unsure || l.count > 0
	l.count += o.count
	l.inverse = l.inverse || o.inverse
}
