package sets

import (
	"cmp"
	"iter"
	"maps"
	"slices"
)

// Numbered keeps one T for each of some numbers: in a slice as long as these are dense, else in a map.
type Numbered[T any] struct {
	low  []*T
	rest map[uint32]*T
	n    int
}

// At gives the T of number i, or nil.
func (s *Numbered[T]) At(i uint32) *T {
	if i < uint32(len(s.low)) && s.low[i] != nil {
		return s.low[i]
	}
	return s.rest[i]
}

// Put keeps x for number i, which has none yet. The slice has few slots for each number that there is.
func (s *Numbered[T]) Put(i uint32, x *T) {
	if s.n++; int64(i) >= int64(4*s.n) {
		if s.rest == nil {
			s.rest = map[uint32]*T{}
		}
		s.rest[i] = x
		return
	}
	for uint32(len(s.low)) <= i {
		s.low = append(s.low, nil)
	}
	s.low[i] = x
}

// Len is how many numbers have a T.
func (s *Numbered[T]) Len() int { return s.n }

// All gives them: those in the slice, then the others, each in rising order.
func (s *Numbered[T]) All() iter.Seq2[uint32, *T] {
	return func(yield func(uint32, *T) bool) {
		for i, x := range s.low {
			if x != nil && !yield(uint32(i), x) {
				return
			}
		}
		for _, i := range slices.SortedFunc(maps.Keys(s.rest), cmp.Compare) {
			if !yield(i, s.rest[i]) {
				return
			}
		}
	}
}
