package sets

import (
	"cmp"
	"iter"
	"slices"
)

// Paged keeps one page per PageBits numbers: in a slice where numbers are dense, else in a map.
type Paged[P any] struct {
	base   uint64 // page number of dense[0]
	dense  []*P
	sparse map[uint64]*P
	last   *P // the page used last, at lastNo
	lastNo uint64
}

// maxHole is how many pages may be left out before pages count as sparse.
const maxHole = 64

// At gives the page of number n, made where it is missing.
func (s *Paged[P]) At(n uint64) *P {
	no := n >> PageShift
	if s.last != nil && s.lastNo == no {
		return s.last
	}
	p := s.Page(no)
	if p == nil {
		p = new(P)
		s.put(no, p)
	}
	s.last, s.lastNo = p, no
	return p
}

// Find gives the page of number n, or nil. Before there is any page, last is nil as well.
func (s *Paged[P]) Find(n uint64) *P {
	no := n >> PageShift
	if s.lastNo == no {
		return s.last
	}
	return s.Page(no)
}

// Page gives a page by its own number, or nil.
func (s *Paged[P]) Page(no uint64) *P {
	if no >= s.base && no-s.base < uint64(len(s.dense)) {
		if p := s.dense[no-s.base]; p != nil {
			return p
		}
	}
	return s.sparse[no]
}

func (s *Paged[P]) put(no uint64, p *P) {
	if len(s.dense) == 0 {
		s.base = no
	}
	if no < s.base || no-s.base > uint64(len(s.dense))+maxHole {
		if s.sparse == nil {
			s.sparse = map[uint64]*P{}
		}
		s.sparse[no] = p
		return
	}
	for no-s.base >= uint64(len(s.dense)) {
		s.dense = append(s.dense, nil)
	}
	s.dense[no-s.base] = p
}

// All gives the pages in the order of their numbers.
func (s *Paged[P]) All() iter.Seq2[uint64, *P] {
	type entry struct {
		no uint64
		p  *P
	}
	return func(yield func(uint64, *P) bool) {
		rest := make([]entry, 0, len(s.sparse))
		for no, p := range s.sparse {
			rest = append(rest, entry{no, p})
		}
		slices.SortFunc(rest, func(a, b entry) int { return cmp.Compare(a.no, b.no) })
		for i, p := range s.dense {
			for len(rest) > 0 && rest[0].no < s.base+uint64(i) {
				if !yield(rest[0].no, rest[0].p) {
					return
				}
				rest = rest[1:]
			}
			if p != nil && !yield(s.base+uint64(i), p) {
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
