package verify

import (
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// TestALaterHistoryIsShifted has one that began a second after the other, in either order. A time that is not known stays so.
func TestALaterHistoryIsShifted(t *testing.T) {
	began := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	part := func(late time.Duration) history.Slice {
		return history.Slice{&history.Run{Version: 1, ID: "x", Started: began.Add(late)},
			&history.Span{Name: "kill", Phase: history.Fault, Start: 5 * time.Second, End: 9 * time.Second, Injected: 6 * time.Second}}
	}
	for _, l := range [][]history.Reader{{part(0), part(time.Second)}, {part(time.Second), part(0)}} {
		var starts, injected []time.Duration
		for _, s := range edgeFacts(t, l...).Times.Spans() {
			starts, injected = append(starts, s.Start), append(injected, s.Injected)
			if s.Healed != 0 {
				t.Errorf("healed at %s", s.Healed)
			}
		}
		slices.Sort(starts)
		slices.Sort(injected)
		if !slices.Equal(starts, []time.Duration{5 * time.Second, 6 * time.Second}) || !slices.Equal(injected, []time.Duration{6 * time.Second, 7 * time.Second}) {
			t.Error(starts, injected)
		}
	}
}
