package verify

import (
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// TestWhatBecomesOfADelayedMessage has one that is due at 1 s, and what else is recorded.
func TestWhatBecomesOfADelayedMessage(t *testing.T) {
	sent := func(seq uint64, kind string, due time.Duration) *history.Send {
		return &history.Send{Seq: seq, Topic: "t", Broker: "b", Offset: -1, Outcome: history.OK, Type: kind, Due: due}
	}
	lies := func(topic string, offset int64, seq uint64) *history.Found {
		return &history.Found{Replica: "b/0", Topic: topic, Broker: "b", Offset: offset, Seq: seq, Intact: true}
	}
	given := func(at time.Duration) *history.Deliver {
		return &history.Deliver{Group: "g", Topic: "t", Broker: "b", Attempt: 1, Start: at}
	}
	damage := lies("t", 4, 7)
	damage.Intact = false
	for name, c := range map[string]struct {
		more                 history.Slice
		scan                 time.Duration
		want                 Verdict
		missing, twice, soon int64
	}{
		"it came":                     {history.Slice{lies("t", 0, 0), given(time.Second)}, time.Hour, Valid, 0, 0, 0},
		"it was read again":           {history.Slice{lies("t", 0, 0), lies("t", 0, 0)}, time.Hour, Valid, 0, 0, 0},
		"it came twice":               {history.Slice{lies("t", 0, 0), lies("t", 1, 0)}, time.Hour, Violated, 0, 1, 0},
		"a copy is to be given again": {history.Slice{lies("t", 0, 0), lies("%RETRY%g", 0, 0)}, time.Hour, Valid, 0, 0, 0},
		"early, and again":            {history.Slice{lies("t", 0, 0), given(ms1), given(2 * time.Second)}, time.Hour, Violated, 0, 0, 1},
		"again, and early":            {history.Slice{lies("t", 0, 0), given(2 * time.Second), given(ms1)}, time.Hour, Violated, 0, 0, 1},
		"it never came":               {nil, time.Hour, Violated, 1, 0, 0},
		"something is damaged":        {history.Slice{damage}, time.Hour, Inconclusive, 0, 0, 0},
		"one of its level came that is due later": {history.Slice{&history.Send{Seq: 1, Topic: "t", Broker: "b", Offset: -1, Outcome: history.OK, Type: history.Delay, Start: 59 * time.Second, End: 59 * time.Second, Due: time.Minute},
			lies("t", 0, 1)}, 2 * time.Minute, Violated, 1, 0, 0},
		"one of another level came": {history.Slice{sent(1, history.Delay, time.Minute), lies("t", 0, 1)}, 2 * time.Minute, Inconclusive, 0, 0, 0},
		"one of another kind came":  {history.Slice{sent(1, history.Timer, time.Minute), lies("t", 0, 1)}, 2 * time.Minute, Inconclusive, 0, 0, 0},
	} {
		h := append(history.Slice{sent(0, history.Delay, time.Second)}, c.more...)
		for _, topic := range []string{"t", "%RETRY%g"} {
			h = append(h, &history.Scan{Replica: "b/0", Master: true, Topic: topic, Broker: "b", Max: 9, Complete: true, End: c.scan})
		}
		got := edgeClaim(t, h, Options{}, FiresOnce)
		if n := got.Counts; got.Verdict != c.want || n["missing"] != c.missing || n["twice"] != c.twice || n["early"] != c.soon || slices.Contains(got.Named, "0:0") != (c.want == Violated) {
			t.Errorf("%s: %s: %s %v, named %v", name, got.Verdict, got.Why, got.Counts, got.Named)
		}
	}
	timers := history.Slice{sent(0, history.Timer, time.Second), sent(1, history.Timer, time.Minute), lies("t", 0, 1),
		&history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 9, Complete: true, End: 2 * time.Minute}}
	if got := edgeClaim(t, timers, Options{}, FiresOnce); got.Verdict != Violated {
		t.Errorf("timers have one order, however far ahead they are: %s: %s", got.Verdict, got.Why)
	}
}

// TestMoreFatesThanAreFollowed has as many delayed messages as there is room for, and one more; all came.
func TestMoreFatesThanAreFollowed(t *testing.T) {
	defer func(b facts.Bounds) { bounds = b }(bounds)
	bounds.IDs = 2
	for n, want := range map[int64]Verdict{2: Valid, 3: Inconclusive} {
		h := history.Slice{}
		for i := range n {
			h = append(h, &history.Send{Seq: uint64(i), Topic: "t", Broker: "b", Offset: -1, Outcome: history.OK, Type: history.Delay, Due: ms1},
				&history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: i, Seq: uint64(i), Intact: true})
		}
		h = append(h, &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: n, Complete: true, End: time.Hour})
		if c := edgeClaim(t, h, Options{}, FiresOnce); c.Verdict != want {
			t.Errorf("%d: %s: %s", n, c.Verdict, c.Why)
		}
	}
}

// TestWhatIsWithdrawnIsCounted has two messages that were rolled back, of which one came.
func TestWhatIsWithdrawnIsCounted(t *testing.T) {
	h := history.Slice{}
	for seq := range uint64(2) {
		h = append(h, &history.Send{Seq: seq, Topic: "t", Broker: "b", Offset: -1, Outcome: history.Failed, Type: history.Rollback})
	}
	h = append(h, &history.Found{Replica: "b/0", Topic: "t", Broker: "b", Seq: 1, Intact: true},
		&history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 1, Complete: true, End: time.Hour})
	if c := edgeClaim(t, h, Options{}, CommitsOnce); c.Verdict != Violated || c.Counts["rolled_back"] != 2 || c.Counts["revived"] != 1 || !slices.Equal(c.Named, []string{"0:1"}) {
		t.Errorf("%s: %s %v, named %v", c.Verdict, c.Why, c.Counts, c.Named)
	}
}
