package facts

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawSteps draws sends in the order in which they ended, most of them in order.
func drawSteps(t *rapid.T, n int) []ack {
	out := make([]ack, rapid.IntRange(0, n).Draw(t, "steps"))
	now := time.Duration(0)
	for i := range out {
		now += time.Duration(rapid.IntRange(0, 3).Draw(t, "pause"))
		out[i] = ack{offset: int64(i) * 2, start: now, end: now + time.Duration(rapid.IntRange(0, 4).Draw(t, "took")), seq: uint64(i)}
		if rapid.IntRange(0, 9).Draw(t, "moved") == 0 {
			out[i].offset += int64(rapid.IntRange(-7, 7).Draw(t, "by"))
		}
	}
	slices.SortStableFunc(out, func(a, b ack) int { return int(a.end - b.end) })
	return out
}

func TestSendOrderSuspectsEveryInversion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := drawSteps(t, 40)
		l := newSendOrder()
		byID := map[uint64]*ack{}
		for _, s := range steps {
			l.add(s)
			byID[s.seq] = &s
		}
		wrong := map[uint64]bool{}
		for _, a := range steps {
			for _, b := range steps {
				if a.end < b.start && a.offset > b.offset {
					wrong[b.seq] = true
				}
			}
		}
		if len(wrong) > 0 && !l.suspect() {
			t.Fatalf("%v are inverted and not suspected", wrong)
		}
		if len(wrong) == 0 && l.inverse || len(steps) <= orderDepth && l.suspect() != (len(wrong) > 0) {
			t.Fatalf("inverted %v, found %t, unsure %t", wrong, l.inverse, l.unsure)
		}
		found := inversions(byID)
		if len(found) != len(wrong) || l.count != int64(len(steps)) {
			t.Fatalf("%d inversions, want %d", len(found), len(wrong))
		}
		for _, p := range found {
			if later, earlier := p[0], p[1]; !wrong[later.seq] || earlier.end >= later.start || earlier.offset <= later.offset {
				t.Fatalf("%v after %v", later, earlier)
			}
		}
	})
}

func TestSendOrderRemembersLaggards(t *testing.T) {
	inOrder := func() *sendOrder {
		l := newSendOrder()
		for i := range 5 * orderDepth {
			at := time.Duration(10 * i)
			l.add(ack{offset: int64(i), start: at, end: at + 1, seq: uint64(i)})
		}
		return l
	}
	if inOrder().suspect() {
		t.Fatal("sends that all lie in order are suspect")
	}
	late := inOrder()
	late.add(ack{offset: 3, start: 5000, end: 5001})
	if !late.inverse {
		t.Error("a send below all others is not found")
	}
	overtaken := inOrder()
	overtaken.add(ack{offset: 1 << 40, start: -10, end: -5})
	if !overtaken.inverse {
		t.Error("a send that ended before all others began and lies above them is not found")
	}
	long := inOrder()
	long.add(ack{offset: 10, start: 105, end: 5001})
	if !long.unsure || long.inverse {
		t.Error("a send that ran beside all that are kept, and may lie below one that is not, is not suspected")
	}
}

func TestManyProducers(t *testing.T) {
	var s sendOrders
	var ids sendSet
	want := []uint32{0, 7, maxLow - 1, maxLow, 1 << 31}
	for _, p := range want {
		s.at(p).add(ack{offset: 1})
		s.at(p).add(ack{offset: 2})
		ids.at(ID{p, 5}).acked.Add(5)
	}
	var got, seen []uint32
	s.each(func(p uint32, l *sendOrder) {
		if l.count != 2 {
			t.Errorf("the order of %d holds %d", p, l.count)
		}
		got = append(got, p)
	})
	for m, page := range ids.all() {
		if page.acked.Len() != 1 {
			t.Errorf("page of %d holds %d", m.Producer, page.acked.Len())
		}
		seen = append(seen, m.Producer)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || !slices.Equal(seen, want) {
		t.Errorf("sendOrders of %v, pages of %v, want %v", got, seen, want)
	}
}
