package verify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// lossRun is copiesRun without one message, whose queue's scan ends at 10, with more records.
func lossRun(seq uint64, change func(*history.Send), more ...history.Record) history.Slice {
	h := without(copiesRun(1), func(r history.Record) bool { return isFound(r, message(0, seq)) })
	for _, r := range h {
		if s, ok := r.(*history.Send); ok && s.Seq == seq && change != nil {
			change(s)
		}
	}
	return append(h, more...)
}

func scanOf(topic, broker string, end time.Duration, complete bool) *history.Scan {
	return &history.Scan{Replica: fmt.Sprintf("%s/0", broker), Master: true, Topic: topic, Broker: broker, Complete: complete, End: end}
}

func TestAMissingMessageIsLostOnlyWhereAScanLooked(t *testing.T) {
	nowhere := func(end time.Duration) func(*history.Send) {
		return func(s *history.Send) { s.Broker, s.Offset, s.End = "", -1, end }
	}
	ended := func(end time.Duration) func(*history.Send) { return func(s *history.Send) { s.End = end } }
	for name, c := range map[string]struct {
		h    history.Slice
		want Verdict
	}{
		"at the first offset":                               {lossRun(0, nil), Violated},
		"at the first offset, another queue half read":      {lossRun(0, nil, scanOf("t", "b", 10, false)), Violated},
		"at the first offset, another queue read before it": {lossRun(0, nil, scanOf("t", "b", 1, true)), Violated},
		"acknowledged as the scan ended":                    {lossRun(5, ended(10)), Violated},
		"acknowledged after the scan ended":                 {lossRun(5, ended(11)), Inconclusive},
		"acknowledged nowhere":                              {lossRun(5, nowhere(2)), Violated},
		"acknowledged nowhere, another topic half read":     {lossRun(5, nowhere(2), scanOf("u", "b", 10, false)), Violated},
		"acknowledged nowhere, another queue half read":     {lossRun(5, nowhere(2), scanOf("t", "b", 10, false)), Inconclusive},
		"acknowledged nowhere, as the scan ended":           {lossRun(5, nowhere(10)), Violated},
		"acknowledged nowhere, after the scan ended":        {lossRun(5, nowhere(11)), Inconclusive},
		"acknowledged nowhere, after one of two scans":      {lossRun(5, nowhere(8), scanOf("t", "b", 7, true)), Inconclusive},
	} {
		for _, bound := range []int{1 << 20, 0} { // named one by one, and counted
			was := bounds.IDs
			bounds.IDs = bound
			got := edgeClaim(t, c.h, Options{}, NoAckedLoss)
			bounds.IDs = was
			if wrong := got.Counts["lost"]; got.Verdict != c.want || (wrong == 1) != (c.want == Violated) || wrong+got.Counts["undecided"] != 1 || len(got.Named) != min(int(wrong), bound) {
				t.Errorf("%s, %d at a time: %s %v %s", name, bound, got.Verdict, got.Counts, got.Why)
			}
		}
	}
}

// TestDamageBeyondTheBoundIsNoLoss has damaged messages at pages that there is no room to compare.
func TestDamageBeyondTheBoundIsNoLoss(t *testing.T) {
	ids, rounds := bounds.IDs, bounds.Rounds
	defer func() { bounds.IDs, bounds.Rounds = ids, rounds }()
	h := copiesRun(1)
	for _, r := range h {
		if f, ok := r.(*history.Found); ok {
			f.Intact = f.Offset > 4
		}
	}
	for _, c := range []struct {
		ids, rounds int
		undecided   int64
		want        Verdict
	}{{ids, rounds, 0, Valid}, {2, rounds, 0, Valid}, {ids, 0, 5, Inconclusive}, {2, 0, 5, Inconclusive}} {
		bounds.IDs, bounds.Rounds = c.ids, c.rounds
		got := edgeClaim(t, h, Options{}, NoAckedLoss)
		if got.Verdict != c.want || got.Counts["lost"] != 0 || got.Counts["undecided"] != c.undecided || (c.rounds == 0) != strings.HasPrefix(got.Why, "more messages are in question") {
			t.Errorf("%d ids, %d rounds: %s %v %s", c.ids, c.rounds, got.Verdict, got.Counts, got.Why)
		}
	}
}

// TestNoLossIsFoundWithoutRoomToCompare has a page to compare, all messages of which are found by their ids.
func TestNoLossIsFoundWithoutRoomToCompare(t *testing.T) {
	defer func(was int) { bounds.Rounds = was }(bounds.Rounds)
	bounds.Rounds = 0
	h := longRun(10, [2]int64{0, 10}, [2]int64{4, 5})
	for claim, want := range map[string]Verdict{NoAckedLoss: Valid, OffsetUnique: Inconclusive} {
		if c := edgeClaim(t, h, Options{}, claim); c.Verdict != want {
			t.Errorf("%s is %s: %s", claim, c.Verdict, c.Why)
		}
	}
}

func TestALossIsPlacedInItsFault(t *testing.T) {
	fault := &history.Span{Name: "f", Phase: history.Fault, Start: 100 * ms1, End: 200 * ms1, Confirmed: true}
	for at, want := range map[time.Duration]string{
		100*ms1 - 1: "nothing lies there", 100 * ms1: `nothing lies there; 0.000s into "f"`, 150 * ms1: `nothing lies there; 0.050s into "f"`, 200*ms1 - 1: `nothing lies there; 0.100s into "f"`, 200 * ms1: "nothing lies there",
	} {
		h := lossRun(5, func(s *history.Send) { s.Start, s.End = at, at }, fault, scanOf("t", "a", time.Second, true))
		h[len(h)-1].(*history.Scan).Max = 10
		h = without(h, func(r history.Record) bool { s, ok := r.(*history.Scan); return ok && s.End == 10 })
		if got := edgeClaim(t, h, Options{}, NoAckedLoss); got.Verdict != Violated || !strings.HasSuffix(got.Why, want) {
			t.Errorf("sent %s: %s", at, got.Why)
		}
	}
}

func TestDoublesBeyondTheBoundsAreNotNamed(t *testing.T) {
	defer func(was int) { bounds.IDs = was }(bounds.IDs)
	h := copiesRun(1)
	for n := range int64(40) { // two messages lie at 21 offsets each
		h = append(h, &history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: n, Seq: uint64(n % 2), Intact: true})
	}
	h = append(h, &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 40, Complete: true, End: 10})
	for bound, want := range map[int]int{3: 2, 2: 2, 1: 1} {
		bounds.IDs = bound
		c := edgeClaim(t, h, Options{}, NoLogDuplicate)
		if c.Verdict != Violated || c.Counts["duplicated"] != int64(want) || strings.Count(c.Evidence[0].Summary, "queue 0 offset ") != 16 {
			t.Errorf("room for %d: %v %s", bound, c.Counts, c.Why)
		}
		if c := edgeClaim(t, h, Options{}, OffsetUnique); (c.Verdict == Inconclusive) != (bound < 2) {
			t.Errorf("room for %d: %s is %s", bound, c.ID, c.Verdict)
		}
	}
}
