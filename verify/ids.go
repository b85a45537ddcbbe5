package verify

import (
	"cmp"
	"iter"
	"maps"
	"slices"
)

// idPage is what is known of pageBits sends of one producer.
type idPage struct {
	attempted plane
	acked     plane
	failed    plane
	master    plane // found on a master
	elsewhere plane // found on a slave, or delivered
	twice     plane // recorded as sent more than once
	double    plane // found on masters more than once; the comparison tells whether at two offsets
}

// idSet is what is known of all sends.
type idSet struct {
	low  []*pages[idPage] // by producer, for small numbers
	high map[uint32]*pages[idPage]
}

// maxLow is how many producers are kept in a slice.
const maxLow = 1 << 12

func (s *idSet) producer(p uint32) *pages[idPage] {
	if p >= maxLow {
		return s.farProducer(p)
	}
	for uint32(len(s.low)) <= p {
		s.low = append(s.low, nil)
	}
	if s.low[p] == nil {
		s.low[p] = &pages[idPage]{}
	}
	return s.low[p]
}

func (s *idSet) farProducer(p uint32) *pages[idPage] {
	if s.high == nil {
		s.high = map[uint32]*pages[idPage]{}
	}
	if s.high[p] == nil {
		s.high[p] = &pages[idPage]{}
	}
	return s.high[p]
}

func (s *idSet) at(m id) *idPage { return s.producer(m.producer).at(m.seq) }

// all gives every page with the id of its first number, by producer and sequence.
func (s *idSet) all() iter.Seq2[id, *idPage] {
	return func(yield func(id, *idPage) bool) {
		for p, set := range s.producers() {
			for no, page := range set.all() {
				if !yield(id{p, no << pageShift}, page) {
					return
				}
			}
		}
	}
}

func (s *idSet) producers() iter.Seq2[uint32, *pages[idPage]] {
	return func(yield func(uint32, *pages[idPage]) bool) {
		for p, set := range s.low {
			if set != nil && !yield(uint32(p), set) {
				return
			}
		}
		for _, p := range slices.SortedFunc(maps.Keys(s.high), cmp.Compare) {
			if !yield(p, s.high[p]) {
				return
			}
		}
	}
}

// sendTotals are counts of sends and of what became of them.
type sendTotals struct {
	attempted, acked, failed, found, recovered, lost, phantom, refused, twice, double int64
}

// totals counts over all pages.
func (s *idSet) totals() (t sendTotals) {
	for _, p := range s.all() {
		t.attempted += int64(p.attempted.n)
		t.acked += int64(p.acked.n)
		t.failed += int64(p.failed.n)
		t.found += int64(p.master.n)
		t.twice += int64(p.twice.n)
		t.double += int64(p.double.n)
		t.lost += count(p.lost())
		t.recovered += count(p.recovered())
		t.phantom += count(p.phantom())
		t.refused += count(p.refused())
	}
	return t
}

// lost is acknowledged and not on a master.
func (p *idPage) lost() [words]uint64 { return p.acked.minus(&p.master) }

// recovered is of unknown outcome and on a master.
func (p *idPage) recovered() [words]uint64 {
	r := p.master.minus(&p.acked)
	open := p.attempted.minus(&p.failed)
	for i := range r {
		r[i] &= open[i]
	}
	return r
}

// phantom is seen and was never attempted.
func (p *idPage) phantom() [words]uint64 {
	a, b := p.master.minus(&p.attempted), p.elsewhere.minus(&p.attempted)
	for i := range a {
		a[i] |= b[i]
	}
	return a
}

// refused is seen and was provably refused.
func (p *idPage) refused() [words]uint64 {
	a, b := p.master.and(&p.failed), p.elsewhere.and(&p.failed)
	for i := range a {
		a[i] |= b[i]
	}
	return a
}
