package verify

import (
	"maps"
	"slices"
)

// merge adds what o has seen of the same run. o must not be used afterwards, and p observes no more.
func (p *partial) merge(o *partial) {
	p.ids.merge(&o.ids)
	for _, q := range o.queues.all {
		p.queues.at(q.topic, q.broker, q.queue).merge(q)
	}
	p.times.merge(o.times)
	p.keys.merge(o.keys)
	for t := range o.ordered {
		p.ordered[t] = true
	}
	p.claims = union(p.claims, o.claims)
	p.declared = union(p.declared, o.declared)
	p.notes = union(p.notes, o.notes)
	p.rescan = p.rescan || o.rescan
	p.torn = p.torn || o.torn
	p.late = p.late || o.late
	p.copies = max(p.copies, o.copies)
	p.unplaced += o.unplaced
	p.runs += o.runs
}

// union is a sorted list of all strings of both, so that it does not depend on the order of merging.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func (s *idSet) merge(o *idSet) {
	for producer, set := range o.producers() {
		mine := s.producer(producer)
		for no, page := range set.all() {
			mine.at(no << pageShift).merge(page)
		}
	}
}

func (p *idPage) merge(o *idPage) {
	again := p.attempted.join(&o.attempted)
	p.twice.join(ptr(planeOf(again)))
	p.acked.join(&o.acked)
	p.failed.join(&o.failed)
	double := p.master.join(&o.master)
	p.double.join(ptr(planeOf(double)))
	p.elsewhere.join(&o.elsewhere)
	p.twice.join(&o.twice)
	p.double.join(&o.double)
}

func ptr[T any](v T) *T { return &v }

func (q *queue) merge(o *queue) {
	q.acks.merge(o.acks)
	for name, r := range o.replicas {
		q.replica(name).merge(r)
	}
	for name, t := range o.groups {
		q.group(name).merge(t)
	}
	o.lanes.each(func(producer uint32, l *lane) { q.lanes.at(producer).merge(l) })
	if o.highest.offset > q.highest.offset || o.highest.offset == q.highest.offset && o.highest.end < q.highest.end {
		q.highest = o.highest
	}
}

func (t *track) merge(o *track) {
	for no, page := range o.pages.all() {
		both := t.pages.at(no << pageShift).merge(page)
		t.again += both
		t.count += int64(page.set.n) - both
	}
	t.again += o.again
	t.high = max(t.high, o.high)
}

func (p *trackPage) merge(o *trackPage) int64 {
	both := count(p.set.join(&o.set))
	p.sum += o.sum
	p.acked += o.acked
	p.open += o.open
	p.again = p.again || o.again || both > 0
	return both
}

// merge brings two scans of one queue together.
func (r *replica) merge(o *replica) {
	r.mixed = r.mixed || o.mixed || r.touched() && o.touched()
	r.found.merge(o.found)
	r.scans = append(r.scans, o.scans...)
	r.earlier = append(r.earlier, o.earlier...)
	r.open = r.open || o.open
	r.broken += o.broken
	maps.Copy(r.bad, o.bad)
}

func (r *replica) touched() bool { return len(r.scans) > 0 || r.open || r.found.count > 0 }

// merge brings two parts of a lane together, which takes no more sends from then on. The parts' order in time is
// not known here, so that they are compared one by one.
func (l *lane) merge(o *lane) {
	l.unsure = l.unsure || o.unsure || l.count > 0
	l.count += o.count
	l.inverse += o.inverse
}
