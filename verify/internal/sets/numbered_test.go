package sets

import (
	"maps"
	"testing"

	"pgregory.net/rapid"
)

func TestEveryNumberKeepsItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Numbered[uint32]
		want := map[uint32]uint32{}
		for range rapid.IntRange(0, 60).Draw(t, "numbers") {
			i := rapid.OneOf(rapid.Uint32Range(0, 100), rapid.Uint32()).Draw(t, "number")
			if x := s.At(i); (x != nil) != (want[i] > 0) {
				t.Fatalf("%d has %v", i, x)
			}
			if want[i] == 0 {
				s.Put(i, new(uint32))
			}
			*s.At(i)++
			want[i]++
		}
		got := map[uint32]uint32{}
		for i, x := range s.All() {
			got[i] = *x
		}
		if !maps.Equal(got, want) || s.Len() != len(want) || len(s.low) > 4*len(want) {
			t.Fatalf("%v in %d slots, want %v", got, len(s.low), want)
		}
	})
}
