package verify

import "testing"

func TestSetsOfOneSizeNeedNotBeTheSame(t *testing.T) {
	set := func(from, to uint16) *plane {
		var p plane
		for i := from; i < to; i++ {
			p.add(i)
		}
		return &p
	}
	for _, c := range []struct {
		a, b *plane
		want bool
	}{
		{set(0, 0), set(0, 0), true}, {set(0, 2), set(0, 2), true}, {set(0, 2), set(1, 3), false}, {set(0, 900), set(0, 900), true},
		{set(0, 900), set(1, 901), false}, {set(0, pageBits), set(0, pageBits), true}, {set(0, 2), set(0, 3), false},
	} {
		if c.a.same(c.b) != c.want {
			t.Errorf("of %d and %d: %t", c.a.n, c.b.n, !c.want)
		}
	}
}

// TestQueuesAreToldApart finds queues by names that differ in one thing, one right after the other.
func TestQueuesAreToldApart(t *testing.T) {
	names := []place{{"t", "a", 0}, {"t", "a", 256}, {"u", "a", 0}, {"t", "b", 0}, {"t", "ba", 0}, {"t", "ca", 0}, {"t", "", 0}, {"t", "", 1}}
	s := queues{all: map[place]*queue{}}
	for range 2 {
		for _, p := range names {
			for _, o := range names {
				for _, want := range []place{p, o} {
					if got := s.at(want.topic, want.broker, want.queue); got.place != want || got != s.all[want] {
						t.Errorf("%s is found as %s", want, got)
					}
				}
			}
		}
	}
	if len(s.all) != len(names) {
		t.Errorf("%d queues, want %d", len(s.all), len(names))
	}
}

// TestPagesAreDenseWhereNumbersAre puts pages by their own numbers, the first of which is the base.
func TestPagesAreDenseWhereNumbersAre(t *testing.T) {
	for name, c := range map[string]struct {
		put           []uint64
		dense, sparse int
	}{
		"the first":                   {[]uint64{100}, 1, 0},
		"the first of all":            {[]uint64{0}, 1, 0},
		"one after the other":         {[]uint64{100, 101, 102}, 3, 0},
		"below the first":             {[]uint64{100, 99}, 1, 1},
		"after the largest hole":      {[]uint64{100, 101 + maxHole}, 2 + maxHole, 0},
		"after a larger hole":         {[]uint64{100, 102 + maxHole}, 1, 1},
		"in a hole":                   {[]uint64{100, 110, 105}, 11, 0},
		"below, then after the first": {[]uint64{100, 7, 101, 8}, 2, 2},
	} {
		var s pages[trackPage]
		for _, no := range c.put {
			s.at(no << pageShift).sum = no
		}
		if len(s.dense) != c.dense || len(s.sparse) != c.sparse {
			t.Errorf("%s: %d dense and %d sparse, want %d and %d", name, len(s.dense), len(s.sparse), c.dense, c.sparse)
		}
		for _, no := range c.put {
			if p := s.find(no << pageShift); p == nil || p.sum != no {
				t.Errorf("%s: page %d is %v", name, no, p)
			}
		}
	}
}

func TestThereIsNoPageBeforeTheFirst(t *testing.T) {
	var s pages[trackPage]
	for _, n := range []uint64{0, pageMask, pageBits} {
		if s.find(n) != nil {
			t.Errorf("a page of %d before there is any", n)
		}
	}
	s.at(pageBits)
	if s.find(0) != nil || s.find(pageBits) == nil || s.find(2*pageBits) != nil {
		t.Error("a page of other numbers than the one that was made")
	}
}
