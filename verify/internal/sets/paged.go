package sets

import (
	"cmp"
	"iter"
	"slices"
)

// Paged keeps one page per PageBits numbers. The only page takes no index: there may be very many sets of one page.
type Paged[P any] struct {
	last  *P        // the page used last
	after uint64    // the number after last's; 0 where there is no page
	index *index[P] // all pages, where there are more than one
}

// index finds pages by their numbers: in a slice where these are dense, else in a map.
type index[P any] struct {
	base   uint64 // number of dense[0]
	dense  []*P
	sparse map[uint64]*P
}

// maxHole is how many pages may be left out before pages count as sparse.
const maxHole = 64

// At gives the page of number n, made where it is missing.
func (s *Paged[P]) At(n uint64) *P {
	if no := n >> PageShift; s.after != no+1 {
		s.turnTo(no)
	}
	return s.last
}

// turnTo makes the page with this number the one used last.
func (s *Paged[P]) turnTo(no uint64) {
	p := s.Page(no)
	if p == nil {
		p = new(P)
		s.put(no, p)
	}
	s.last, s.after = p, no+1
}

// Find gives the page of number n, or nil.
func (s *Paged[P]) Find(n uint64) *P { return s.Page(n >> PageShift) }

// Page gives a page by its own number, or nil.
func (s *Paged[P]) Page(no uint64) *P {
	if s.after == no+1 {
		return s.last
	}
	if s.index == nil {
		return nil
	}
	return s.index.page(no)
}

func (s *Paged[P]) put(no uint64, p *P) {
	if s.last == nil {
		return
	}
	if s.index == nil {
		s.index = &index[P]{}
		s.index.put(s.after-1, s.last)
	}
	s.index.put(no, p)
}

func (x *index[P]) page(no uint64) *P {
	if no >= x.base && no-x.base < uint64(len(x.dense)) {
		if p := x.dense[no-x.base]; p != nil {
			return p
		}
	}
	return x.sparse[no]
}

func (x *index[P]) put(no uint64, p *P) {
	if len(x.dense) == 0 {
		x.base = no
	}
	if no < x.base || no-x.base > uint64(len(x.dense))+maxHole {
		if x.sparse == nil {
			x.sparse = map[uint64]*P{}
		}
		x.sparse[no] = p
		return
	}
	for no-x.base >= uint64(len(x.dense)) {
		x.dense = append(x.dense, nil)
	}
	x.dense[no-x.base] = p
}

// All gives the pages in the order of their numbers.
func (s *Paged[P]) All() iter.Seq2[uint64, *P] {
	if s.index != nil {
		return s.index.all()
	}
	return func(yield func(uint64, *P) bool) {
		if s.last != nil {
			yield(s.after-1, s.last)
		}
	}
}

func (x *index[P]) all() iter.Seq2[uint64, *P] {
	type entry struct {
		no uint64
		p  *P
	}
	return func(yield func(uint64, *P) bool) {
		rest := make([]entry, 0, len(x.sparse))
		for no, p := range x.sparse {
			rest = append(rest, entry{no, p})
		}
		slices.SortFunc(rest, func(a, b entry) int { return cmp.Compare(a.no, b.no) })
		for i, p := range x.dense {
			for len(rest) > 0 && rest[0].no < x.base+uint64(i) {
				if !yield(rest[0].no, rest[0].p) {
					return
				}
				rest = rest[1:]
			}
			if p != nil && !yield(x.base+uint64(i), p) {
				return
			}
		}
		for _, e := range rest {
			if !yield(e.no, e.p) {
				return
			}
		}
	}
}
