package facts

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// sendPage is what is known of sets.PageBits sends of one producer.
type sendPage struct {
	attempted sets.Bits
	acked     sets.Bits
	failed    sets.Bits
	apart     sets.Bits // attempts at a message that is kept apart first
	master    sets.Bits // found on a master
	elsewhere sets.Bits // found on a slave, or delivered
	twice     sets.Bits // recorded as sent more than once
	double    sets.Bits // found on masters more than once; the comparison tells whether at two offsets
}

// sendSet is what is known of all sends.
type sendSet struct {
	low  []*sets.Paged[sendPage] // by producer, for small numbers
	high map[uint32]*sets.Paged[sendPage]
}

// maxLow is how many producers are kept in a slice.
const maxLow = 1 << 12

func (s *sendSet) producer(p uint32) *sets.Paged[sendPage] {
	if p >= maxLow {
		return s.farProducer(p)
	}
	for uint32(len(s.low)) <= p {
		s.low = append(s.low, nil)
	}
	if s.low[p] == nil {
		s.low[p] = &sets.Paged[sendPage]{}
	}
	return s.low[p]
}

func (s *sendSet) farProducer(p uint32) *sets.Paged[sendPage] {
	if s.high == nil {
		s.high = map[uint32]*sets.Paged[sendPage]{}
	}
	if s.high[p] == nil {
		s.high[p] = &sets.Paged[sendPage]{}
	}
	return s.high[p]
}

func (s *sendSet) at(m ID) *sendPage { return s.producer(m.Producer).At(m.Seq) }

// all gives every page with the id of its first number, by producer and sequence.
func (s *sendSet) all() iter.Seq2[ID, *sendPage] {
	return func(yield func(ID, *sendPage) bool) {
		for p, set := range s.producers() {
			for no, page := range set.All() {
				if !yield(ID{p, no << sets.PageShift}, page) {
					return
				}
			}
		}
	}
}

func (s *sendSet) producers() iter.Seq2[uint32, *sets.Paged[sendPage]] {
	return func(yield func(uint32, *sets.Paged[sendPage]) bool) {
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

// Totals are counts of sends and of what became of them.
type Totals struct {
	Attempted, Acked, Failed, Found, Recovered, Lost, Phantom, Refused, Twice, Double int64
	Gaps                                                                              int64 // sends whose numbers are not there
	FirstGap                                                                          ID
}

// totals counts over all pages.
func (s *sendSet) totals() (t Totals) {
	for producer, set := range s.producers() {
		t.gaps(producer, set)
	}
	for _, p := range s.all() {
		t.Attempted += int64(p.attempted.Len())
		t.Acked += int64(p.acked.Len())
		t.Failed += int64(p.failed.Len())
		t.Found += int64(p.master.Len())
		t.Twice += int64(p.twice.Len())
		t.Double += int64(p.double.Len())
		t.Lost += sets.Count(p.lost())
		t.Recovered += sets.Count(p.recovered())
		t.Phantom += sets.Count(p.phantom())
		t.Refused += sets.Count(p.refused())
	}
	return t
}

// gaps counts the numbers of a producer that are below its highest and were never attempted.
func (t *Totals) gaps(producer uint32, set *sets.Paged[sendPage]) {
	next := uint64(0) // the number that comes next where there is no gap
	for no, p := range set.All() {
		if p.attempted.Len() == 0 {
			continue
		}
		if base := no << sets.PageShift; base > next {
			t.gap(ID{producer, next}, base-next)
			next = base
		}
		if p.attempted.Len() == sets.PageBits {
			next = (no + 1) << sets.PageShift
			continue
		}
		for bit := range sets.Ones(p.attempted.Words()) {
			n := no<<sets.PageShift + uint64(bit)
			if n > next {
				t.gap(ID{producer, next}, n-next)
			}
			next = n + 1
		}
	}
}

func (t *Totals) gap(at ID, n uint64) {
	if t.Gaps == 0 {
		t.FirstGap = at
	}
	t.Gaps += int64(min(n, 1<<62-uint64(t.Gaps)))
}

// lost is acknowledged and not on a master.
func (p *sendPage) lost() sets.Words { return p.acked.Minus(&p.master) }

// recovered is of unknown outcome and on a master.
func (p *sendPage) recovered() sets.Words {
	r := p.master.Minus(&p.acked)
	open := p.attempted.Minus(&p.failed)
	for i := range r {
		r[i] &= open[i]
	}
	return r
}

// phantom is seen and was never attempted.
func (p *sendPage) phantom() sets.Words {
	a, b := p.master.Minus(&p.attempted), p.elsewhere.Minus(&p.attempted)
	for i := range a {
		a[i] |= b[i]
	}
	return a
}

// refused is seen and was provably refused.
func (p *sendPage) refused() sets.Words {
	a, b := p.master.And(&p.failed), p.elsewhere.And(&p.failed)
	for i := range a {
		a[i] |= b[i]
	}
	return a
}
