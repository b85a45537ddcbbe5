package sets

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// sum is what the tests keep on a page.
type sum [1]uint64

// drawSet draws a set, by its density from empty to full, and its Bits.
func drawSet(t *rapid.T, name string) (map[uint16]bool, Bits) {
	set, p := map[uint16]bool{}, Bits{}
	add := func(i uint16) {
		if p.Add(i) == set[i] {
			t.Fatalf("adding %d twice %t is not noticed", i, set[i])
		}
		set[i] = true
	}
	for range rapid.SampledFrom([]int{0, 1, 3, 4, 5, 100}).Draw(t, name+" size") {
		add(uint16(rapid.IntRange(0, PageMask).Draw(t, name)))
	}
	if fill := rapid.SampledFrom([]int{0, 0, 0, PageBits - 1, PageBits}).Draw(t, name+" filled to"); fill > 0 {
		for i := range fill {
			add(uint16(i))
		}
	}
	return set, p
}

func members(b Words) map[uint16]bool {
	set := map[uint16]bool{}
	for i := range Ones(b) {
		set[i] = true
	}
	return set
}

func TestBitsAreASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, p := drawSet(t, "a")
		b, q := drawSet(t, "b")
		minus, and, or := map[uint16]bool{}, map[uint16]bool{}, maps.Clone(b)
		for i := range a {
			or[i] = true
			if b[i] {
				and[i] = true
			} else {
				minus[i] = true
			}
		}
		for i := range uint16(PageBits) {
			if p.Has(i) != a[i] {
				t.Fatalf("has(%d) is %t", i, p.Has(i))
			}
		}
		same := maps.Equal(a, b)
		if !maps.Equal(members(p.Words()), a) || !maps.Equal(members(p.Minus(&q)), minus) || !maps.Equal(members(p.And(&q)), and) || p.Same(&q) != same {
			t.Fatalf("%v and %v", a, b)
		}
		if Count(p.Minus(&q)) != int64(len(minus)) || int(p.n) != len(a) {
			t.Fatalf("counts of %v and %v", a, b)
		}
		if both := p.Join(&q); !maps.Equal(members(both), and) || !maps.Equal(members(p.Words()), or) || int(p.n) != len(or) {
			t.Fatalf("joining %v and %v", a, b)
		}
		if (p.bits != nil) != (p.n > 3 && p.n < PageBits) {
			t.Fatalf("%d members take more room than they need", p.n)
		}
	})
}

// TestAStretchIsAddedWholeOrNotAtAll adds stretches one after the other, as AddAll and as Add do.
func TestAStretchIsAddedWholeOrNotAtAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, p := drawSet(t, "a")
		for range rapid.IntRange(1, 4).Draw(t, "stretches") {
			from := rapid.IntRange(0, PageMask).Draw(t, "from")
			n := rapid.IntRange(1, PageBits-from).Draw(t, "numbers")
			fresh := true
			for i := from; i < from+n; i++ {
				fresh = fresh && !set[uint16(i)]
			}
			for i := from; fresh && i < from+n; i++ {
				set[uint16(i)] = true
			}
			if p.AddAll(uint16(from), n) != fresh || !maps.Equal(members(p.Words()), set) || p.Len() != len(set) {
				t.Fatalf("%d numbers from %d on, all new: %t", n, from, fresh)
			}
			if (p.bits != nil) != (p.n > 3 && p.n < PageBits) {
				t.Fatalf("%d members take more room than they need", p.n)
			}
		}
	})
}

func TestPagesKeepEveryNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Paged[sum]
		want := map[uint64]uint64{}
		for range rapid.IntRange(0, 60).Draw(t, "numbers") {
			n := rapid.OneOf(rapid.Uint64Range(0, 5000), rapid.Uint64Range(1<<40, 1<<40+300_000), rapid.Uint64()).Draw(t, "number")
			if rapid.Bool().Draw(t, "only looked up") {
				if p := s.Find(n); (p != nil) != (want[n>>PageShift] > 0) {
					t.Fatalf("page of %d is %v", n, p)
				}
				continue
			}
			s.At(n)[0]++
			want[n>>PageShift]++
		}
		var order []uint64
		for no, p := range s.All() {
			order = append(order, no)
			if p[0] != want[no] || s.Page(no) != p {
				t.Fatalf("page %d has %d, want %d", no, p[0], want[no])
			}
		}
		if len(order) != len(want) || !slices.IsSorted(order) {
			t.Fatalf("pages %v, want %v", order, want)
		}
		if (s.index != nil) != (len(want) > 1) {
			t.Fatalf("an index of %d pages: %t", len(want), s.index != nil)
		}
		if s.index != nil && len(s.index.dense) > (len(want)+1)*(maxHole+1) {
			t.Fatalf("%d slots for %d pages", len(s.index.dense), len(want))
		}
	})
}
