package verify

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawSet draws a set, by its density from empty to full, and its plane.
func drawSet(t *rapid.T, name string) (map[uint16]bool, plane) {
	set, p := map[uint16]bool{}, plane{}
	add := func(i uint16) {
		if p.add(i) == set[i] {
			t.Fatalf("adding %d twice %t is not noticed", i, set[i])
		}
		set[i] = true
	}
	for range rapid.SampledFrom([]int{0, 1, 3, 4, 5, 100}).Draw(t, name+" size") {
		add(uint16(rapid.IntRange(0, pageMask).Draw(t, name)))
	}
	if fill := rapid.SampledFrom([]int{0, 0, 0, pageBits - 1, pageBits}).Draw(t, name+" filled to"); fill > 0 {
		for i := range fill {
			add(uint16(i))
		}
	}
	return set, p
}

func members(b [words]uint64) map[uint16]bool {
	set := map[uint16]bool{}
	for i := range ones(b) {
		set[i] = true
	}
	return set
}

func TestPlaneIsASet(t *testing.T) {
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
		for i := range uint16(pageBits) {
			if p.has(i) != a[i] {
				t.Fatalf("has(%d) is %t", i, p.has(i))
			}
		}
		same := maps.Equal(a, b)
		if !maps.Equal(members(p.dense()), a) || !maps.Equal(members(p.minus(&q)), minus) || !maps.Equal(members(p.and(&q)), and) || p.same(&q) != same {
			t.Fatalf("%v and %v", a, b)
		}
		if count(p.minus(&q)) != int64(len(minus)) || int(p.n) != len(a) {
			t.Fatalf("counts of %v and %v", a, b)
		}
		if both := p.join(&q); !maps.Equal(members(both), and) || !maps.Equal(members(p.dense()), or) || int(p.n) != len(or) {
			t.Fatalf("joining %v and %v", a, b)
		}
		if (p.bits != nil) != (p.n > 3 && p.n < pageBits) {
			t.Fatalf("%d members take more room than they need", p.n)
		}
	})
}

func TestPagesKeepEveryNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s pages[trackPage]
		want := map[uint64]uint64{}
		for range rapid.IntRange(0, 60).Draw(t, "numbers") {
			n := rapid.OneOf(rapid.Uint64Range(0, 5000), rapid.Uint64Range(1<<40, 1<<40+300_000), rapid.Uint64()).Draw(t, "number")
			if rapid.Bool().Draw(t, "only looked up") {
				if p := s.find(n); (p != nil) != (want[n>>pageShift] > 0) {
					t.Fatalf("page of %d is %v", n, p)
				}
				continue
			}
			s.at(n).sum++
			want[n>>pageShift]++
		}
		var order []uint64
		for no, p := range s.all() {
			order = append(order, no)
			if p.sum != want[no] || s.page(no) != p {
				t.Fatalf("page %d has %d, want %d", no, p.sum, want[no])
			}
		}
		if len(order) != len(want) || !slices.IsSorted(order) {
			t.Fatalf("pages %v, want %v", order, want)
		}
		if len(s.dense) > (len(want)+1)*(maxHole+1) {
			t.Fatalf("%d slots for %d pages", len(s.dense), len(want))
		}
	})
}

func TestRanges(t *testing.T) {
	got := ranges([]id{{2, 5}, {0, 1}, {0, 3}, {0, 2}, {0, 2}, {1, 4}, {0, 7}})
	if want := []string{"0:1-3", "0:7", "1:4", "2:5"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}
