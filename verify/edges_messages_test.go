package verify

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// edgeClaim judges one claim of a history.
func edgeClaim(t *testing.T, h history.Slice, o Options, claim string) Judgement {
	t.Helper()
	o.Claims = named(claim)
	r, err := Judge(h, o)
	if err != nil {
		t.Fatal(err)
	}
	return r.Claims[0]
}

func TestSendsAreCountedByTheirOutcome(t *testing.T) {
	h := copiesRun(1)
	for i, o := range []history.Outcome{history.Failed, history.Failed, history.Unknown, history.Unknown, history.Unknown} {
		h = append(h, &history.Send{Producer: 1, Seq: uint64(i), Topic: "t", Start: 1, End: 2, Outcome: o, Offset: -1})
	}
	h = append(h, &history.Found{Replica: "b/0", Topic: "t", Broker: "b", Producer: 1, Seq: 4, Intact: true},
		&history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 1, Complete: true, End: 10})
	want := map[string]int64{"attempted": 15, "acknowledged": 10, "failed": 2, "unknown": 3, "found": 11, "recovered": 1, "lost": 0, "undecided": 0, "damaged": 0, "lost_delivered": 0, "lost_below_lowest": 0, "lost_passed_over": 0, "expired": 0}
	if c := edgeClaim(t, h, Options{}, NoAckedLoss); c.Verdict != Valid || !maps.Equal(c.Counts, want) {
		t.Errorf("%s %v, want %v", c.Why, c.Counts, want)
	}
}

// TestEveryEndThatWentBackIsCounted scans a queue of ten messages that were all acknowledged at 2.
func TestEveryEndThatWentBackIsCounted(t *testing.T) {
	scan := func(replica string, high int64, end time.Duration, complete bool) *history.Scan {
		return &history.Scan{Replica: replica, Master: replica == "a/0", Topic: "t", Broker: "a", Max: high, Complete: complete, End: end}
	}
	for name, c := range map[string]struct {
		scans []*history.Scan
		back  int64
	}{
		"at the acknowledgements":                  {[]*history.Scan{scan("a/0", 10, 2, true)}, 0},
		"below them when the last of them arrived": {[]*history.Scan{scan("a/0", 9, 2, true)}, 1},
		"below them before it arrived":             {[]*history.Scan{scan("a/0", 9, 1, true)}, 0},
		"below them, not read to its end":          {[]*history.Scan{scan("a/0", 9, 2, false)}, 0},
		"below them on a slave":                    {[]*history.Scan{scan("a/0", 10, 2, true), scan("a/1", 9, 2, true)}, 0},
		"the same twice":                           {[]*history.Scan{scan("a/0", 10, 2, true), scan("a/0", 10, 3, true)}, 0},
		"lower and lower":                          {[]*history.Scan{scan("a/0", 30, 2, true), scan("a/0", 20, 3, true), scan("a/0", 19, 4, true)}, 2},
		"lower on a slave":                         {[]*history.Scan{scan("a/0", 10, 2, true), scan("a/1", 8, 3, true), scan("a/1", 7, 4, true)}, 1},
	} {
		h := without(copiesRun(1), func(r history.Record) bool { return r.Kind() == history.KindScan })
		for _, s := range c.scans {
			h = append(h, s)
		}
		got := edgeClaim(t, h, Options{}, OffsetMonotone)
		if got.Counts["ends_back"] != c.back || got.Counts["sends_back"] != 0 || (got.Verdict == Violated) != (c.back > 0) {
			t.Errorf("%s: %s %v", name, got.Why, got.Counts)
		}
	}
}

// TestNoMoreIsShownThanAskedFor has two of everything wrong.
func TestNoMoreIsShownThanAskedFor(t *testing.T) {
	damage := copiesRun(1)
	for _, r := range damage {
		if f, ok := r.(*history.Found); ok {
			f.Intact = f.Offset > 1
		}
	}
	skipped := copiesRun(1)
	for _, group := range []string{"g", "h"} {
		skipped = append(skipped, &history.Deliver{Group: group, Topic: "t", Broker: "a", Offset: 9, Seq: 9, Attempt: 1, Start: 5},
			&history.Deliver{Group: group, Topic: "t", Broker: "a", Offset: 0, Seq: 0, Attempt: 1, Start: 4})
	}
	for claim, c := range map[string]struct {
		h     history.Slice
		wrong string
		count int64
	}{PayloadIntact: {damage, "damaged", 2}, NoDeliverySkip: {skipped, "skipped", 16}} {
		for limit, want := range map[int]int{1: 1, 2: 2, -1: 0} {
			got := edgeClaim(t, c.h, Options{Evidence: limit}, claim)
			if got.Verdict != Violated || got.Counts[c.wrong] != c.count || len(got.Evidence) != want || strings.Contains(got.Why, "first:") != (want > 0) {
				t.Errorf("%s with %d asked for: %d shown, %v, %s", claim, limit, len(got.Evidence), got.Counts, got.Why)
			}
		}
	}
}

// TestALossBeyondTheBoundIsStillALoss leaves no room to compare the missing messages one by one.
func TestALossBeyondTheBoundIsStillALoss(t *testing.T) {
	defer func(was int) { bounds.IDs = was }(bounds.IDs)
	bounds.IDs = 0
	h := without(copiesRun(1), func(r history.Record) bool { return isFound(r, message(0, 4)) })
	c := edgeClaim(t, h, Options{}, NoAckedLoss)
	if c.Verdict != Violated || c.Counts["lost"] != 1 || len(c.Evidence) != 0 || c.Why != "1 of 10 acknowledged messages are lost" {
		t.Errorf("%v %s", c.Counts, c.Why)
	}
}

// TestTheFirstAcknowledgementOfAnOffsetCounts acknowledges the highest offset twice, once after the scan.
func TestTheFirstAcknowledgementOfAnOffsetCounts(t *testing.T) {
	again := func(end time.Duration) *history.Send {
		return &history.Send{Producer: 1, Seq: uint64(end), Topic: "t", Start: end - 1, End: end, Outcome: history.OK, Broker: "a", Offset: 9}
	}
	for name, c := range map[string]struct {
		sends []*history.Send
		back  int64
	}{
		"the first before the scan": {[]*history.Send{again(5), again(20)}, 1},
		"recorded the other way":    {[]*history.Send{again(20), again(5)}, 1},
		"both after the scan":       {[]*history.Send{again(20), again(30)}, 0},
	} {
		h := history.Slice{&history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: 9, Complete: true, End: 10}}
		for _, s := range c.sends {
			h = append(h, s)
		}
		if got := edgeClaim(t, h, Options{}, OffsetMonotone); got.Counts["ends_back"] != c.back {
			t.Errorf("%s: %v %s", name, got.Counts, got.Why)
		}
	}
}

// TestMoreDamageThanIsRemembered counts all of it and shows what is remembered.
func TestMoreDamageThanIsRemembered(t *testing.T) {
	defer func(was int) { bounds.Damaged = was }(bounds.Damaged)
	bounds.Damaged = 2
	h := copiesRun(1)
	for _, r := range h {
		if f, ok := r.(*history.Found); ok {
			f.Intact = f.Offset > 2
		}
	}
	if c := edgeClaim(t, h, Options{}, PayloadIntact); c.Verdict != Violated || c.Counts["damaged"] != 3 || len(c.Evidence) != 2 {
		t.Errorf("%s %v, %d shown", c.Why, c.Counts, len(c.Evidence))
	}
}
