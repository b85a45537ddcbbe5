package availability

import (
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// What is watched for as long as a service must be stable, but for the resolution, is enough.
func TestHowLongAServiceIsWatchedAfterAFault(t *testing.T) {
	const s = time.Second
	o := Options{StableGap: s, StableFor: 5 * s}
	fault := Injected([]history.Span{{Name: "kill", Phase: history.Fault, Start: 10 * s, End: 11 * s, Confirmed: true}})
	for end, enough := range map[time.Duration]bool{14*s + 800*time.Millisecond: true, 14*s + 799*time.Millisecond: false} {
		w := Watch{Who: "group east", Did: "probed", End: end, Resolution: 200 * time.Millisecond, Served: true}
		if r := w.Recoveries(fault, o)[0]; (r.Doubt == "") != enough {
			t.Errorf("watched until %s: %q", end, r.Doubt)
		}
	}
}

// A pause that a stable stretch may have does not make the baseline sick; a longer one does.
func TestWhatMakesABaselineSick(t *testing.T) {
	const s = time.Second
	o := Options{StableGap: s, StableFor: 5 * s}
	fault := Injected([]history.Span{{Name: "kill", Phase: history.Fault, Start: 10 * s, End: 20 * s, Confirmed: true}})
	for length, sound := range map[time.Duration]bool{150 * time.Millisecond: true, s: true, s + time.Millisecond: false, 4 * s: false} {
		out := []Outage{{Start: 5 * s, End: 5*s + length}, {Start: 11 * s, End: 14 * s}}
		w := Watch{Who: "group east", Did: "probed", Interruptions: out, Hard: out, End: 40 * s, Served: true}
		r := w.Recoveries(fault, o)[0]
		if (r.Distrust == "") != sound || r.Took != 4*s {
			t.Errorf("out for %s before the fault: %q, recovered after %s", length, r.Distrust, r.Took)
		}
	}
}
