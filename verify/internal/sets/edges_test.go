package sets

import "testing"

func TestSetsOfOneSizeNeedNotBeTheSame(t *testing.T) {
	set := func(from, to uint16) *Bits {
		var p Bits
		for i := from; i < to; i++ {
			p.Add(i)
		}
		return &p
	}
	for _, c := range []struct {
		a, b *Bits
		want bool
	}{
		{set(0, 0), set(0, 0), true}, {set(0, 2), set(0, 2), true}, {set(0, 2), set(1, 3), false}, {set(0, 900), set(0, 900), true},
		{set(0, 900), set(1, 901), false}, {set(0, PageBits), set(0, PageBits), true}, {set(0, 2), set(0, 3), false},
	} {
		if c.a.Same(c.b) != c.want {
			t.Errorf("of %d and %d: %t", c.a.n, c.b.n, !c.want)
		}
	}
}

// TestPagesAreDenseWhereNumbersAre puts pages by their own numbers, the first of which is the base.
func TestPagesAreDenseWhereNumbersAre(t *testing.T) {
	for name, c := range map[string]struct {
		put           []uint64
		dense, sparse int
	}{
		"one after the other":         {[]uint64{100, 101, 102}, 3, 0},
		"below the first":             {[]uint64{100, 99}, 1, 1},
		"after the largest hole":      {[]uint64{100, 101 + maxHole}, 2 + maxHole, 0},
		"after a larger hole":         {[]uint64{100, 102 + maxHole}, 1, 1},
		"in a hole":                   {[]uint64{100, 110, 105}, 11, 0},
		"below, then after the first": {[]uint64{100, 7, 101, 8}, 2, 2},
	} {
		var s Paged[sum]
		for _, no := range c.put {
			s.At(no << PageShift)[0] = no
		}
		if len(s.index.dense) != c.dense || len(s.index.sparse) != c.sparse {
			t.Errorf("%s: %d dense and %d sparse, want %d and %d", name, len(s.index.dense), len(s.index.sparse), c.dense, c.sparse)
		}
		for _, no := range c.put {
			if p := s.Find(no << PageShift); p == nil || p[0] != no {
				t.Errorf("%s: page %d is %v", name, no, p)
			}
		}
	}
}

func TestThereIsNoPageBeforeTheFirst(t *testing.T) {
	var s Paged[sum]
	for _, n := range []uint64{0, PageMask, PageBits} {
		if s.Find(n) != nil {
			t.Errorf("a page of %d before there is any", n)
		}
	}
	s.At(PageBits)
	if s.Find(0) != nil || s.Find(PageBits) == nil || s.Find(2*PageBits) != nil {
		t.Error("a page of other numbers than the one that was made")
	}
}

// TestTheOnlyPageTakesNoIndex also where it is the first of all.
func TestTheOnlyPageTakesNoIndex(t *testing.T) {
	for _, no := range []uint64{0, 100, 1<<(64-PageShift) - 1} {
		var s Paged[sum]
		s.At(no << PageShift)[0] = no
		n := 0
		for at, p := range s.All() {
			if n++; at != no || p[0] != no {
				t.Errorf("page %d is %v at %d", no, p, at)
			}
		}
		if n != 1 || s.index != nil {
			t.Errorf("%d pages, an index: %t", n, s.index != nil)
		}
	}
}
