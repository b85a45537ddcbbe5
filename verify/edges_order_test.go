package verify

import (
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

func TestOrderInTheLogAtItsEdges(t *testing.T) {
	acked := func(seq uint64, offset int64, start, end time.Duration) history.Record {
		return sent("", seq, offset, start, end)[0]
	}
	for name, c := range map[string]struct {
		records     []history.Record
		back, order int64
	}{
		"sends that took no time":        {all(sent("", 0, 1, 10, 10), sent("", 1, 0, 20, 20)), 1, 1},
		"sends that touch":               {all(sent("", 0, 1, 10, 20), sent("", 1, 0, 20, 30)), 0, 0},
		"sends apart":                    {all(sent("", 0, 1, 10, 19), sent("", 1, 0, 20, 30)), 1, 1},
		"swapped in the log alone":       {all(acked(0, 0, 10, 12), acked(1, 1, 20, 22), lies(0, 1), lies(1, 0)), 0, 1},
		"swapped in the answers alone":   {all(acked(0, 1, 10, 12), acked(1, 0, 20, 22), lies(0, 0), lies(1, 1)), 1, 0},
		"lies at a lower offset as well": {all(sent("", 0, 2, 10, 12), sent("", 1, 3, 20, 22), lies(1, 1)), 0, 1},
		"lies there first":               {all(lies(1, 1), sent("", 0, 2, 10, 12), sent("", 1, 3, 20, 22)), 0, 1},
		"lies higher as well":            {all(sent("", 0, 2, 10, 12), sent("", 1, 3, 20, 22), lies(0, 4)), 0, 0},
	} {
		h := keyRun(c.records...)
		if got := edgeClaim(t, h, Options{}, OffsetMonotone); got.Counts["sends_back"] != c.back || (got.Verdict == Violated) != (c.back > 0) {
			t.Errorf("%s: %s %v", name, got.Why, got.Counts)
		}
		if got := edgeClaim(t, h, Options{}, QueueOrder); got.Counts["out_of_order"] != c.order || (got.Verdict == Violated) != (c.order > 0) {
			t.Errorf("%s: %s %v", name, got.Why, got.Counts)
		}
	}
}

// TestADoubledMessageNeedNotBeAcknowledgedAnywhere has a message at two offsets whose send names none, or is not known.
func TestADoubledMessageNeedNotBeAcknowledgedAnywhere(t *testing.T) {
	for _, outcome := range []history.Outcome{history.OK, history.Unknown} {
		h := keyRun(all(sent("", 0, 0, 10, 12), lies(1, 1), lies(1, 2), &history.Send{Seq: 1, Topic: "t", Start: 20, End: 22, Outcome: outcome, Offset: -1})...)
		order := map[history.Outcome]Verdict{history.OK: Inconclusive, history.Unknown: Valid} // an acknowledgement that names no offset has no known order
		for claim, want := range map[string]Verdict{NoLogDuplicate: Violated, QueueOrder: order[outcome]} {
			if got := edgeClaim(t, h, Options{}, claim); got.Verdict != want {
				t.Errorf("%s send: %s is %s: %s", outcome, claim, got.Verdict, got.Why)
			}
		}
	}
}
