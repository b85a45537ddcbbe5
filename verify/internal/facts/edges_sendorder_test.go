package facts

import (
	"fmt"
	"testing"
	"time"
)

func TestOnlySendsThatDoNotOverlapAreInverted(t *testing.T) {
	for _, c := range []struct {
		a, b ack
		want bool
	}{
		{ack{offset: 5, start: 10, end: 20}, ack{offset: 4, start: 21, end: 30}, true},
		{ack{offset: 5, start: 10, end: 20}, ack{offset: 4, start: 20, end: 30}, false}, // they touch
		{ack{offset: 5, start: 10, end: 20}, ack{offset: 5, start: 21, end: 30}, false}, // an offset that was given twice
		{ack{offset: 5, start: 10, end: 20}, ack{offset: 6, start: 21, end: 30}, false},
		{ack{offset: 5, start: 10, end: 10}, ack{offset: 4, start: 11, end: 11}, true},
	} {
		if inverted(c.a, c.b) != c.want || inverted(c.b, c.a) != c.want {
			t.Errorf("%+v and %+v: %t and %t, want %t", c.a, c.b, inverted(c.a, c.b), inverted(c.b, c.a), c.want)
		}
	}
}

// TestASendOrderSuspectsNoneThatTouches compares with sends that are no longer kept.
func TestASendOrderSuspectsNoneThatTouches(t *testing.T) {
	for name, c := range map[string]struct {
		s      ack
		unsure bool
	}{
		"above what left, and ended as the last of it began":    {ack{offset: 40, start: 0, end: 20}, false},
		"above what left, and ended before the last of it did":  {ack{offset: 40, start: 0, end: 19}, true},
		"as high as what left, beside all that is kept":         {ack{offset: 20, start: 5, end: 900}, false},
		"not as high as what left, beside all that is kept":     {ack{offset: 19, start: 5, end: 900}, true},
		"as high as what left, and ended as the last one began": {ack{offset: 20, start: 0, end: 20}, false},
	} {
		l := newSendOrder()
		for i := range orderDepth + 3 { // all beside each other; the first three leave, with offsets up to 20
			at, offset := time.Duration(10*i), int64(10*i)
			if i >= 3 {
				offset += 100
			}
			l.add(ack{offset: offset, start: at, end: at + 1000, seq: uint64(i)})
		}
		l.add(c.s)
		if l.unsure != c.unsure || l.inverse || len(l.ring) != orderDepth {
			t.Errorf("%s: unsure %t, inverted %t, %d kept", name, l.unsure, l.inverse, len(l.ring))
		}
	}
}

// TestOfEqualsTheFirstThatEndedIsNamed pairs sends that lie too low with the highest that had ended.
func TestOfEqualsTheFirstThatEndedIsNamed(t *testing.T) {
	steps := map[uint64]*ack{0: {offset: 5, start: 1, end: 4, seq: 0}, 1: {offset: 5, start: 2, end: 3, seq: 1}, 2: {offset: 4, start: 2, end: 3, seq: 2},
		3: {offset: 3, start: 4, end: 5, seq: 3}, 4: {offset: 3, start: 5, end: 6, seq: 4}}
	got := ""
	for _, p := range inversions(steps) {
		got += fmt.Sprintf("%d after %d; ", p[0].seq, p[1].seq)
	}
	if want := "3 after 1; 4 after 1; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
