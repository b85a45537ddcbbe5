package verify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// drawLaterRun is a drawn run some of whose messages come to their topic later. From one of its sends on it goes on ten
// seconds later, and it may be scanned five minutes later: that is what decides of what is missing.
func drawLaterRun(t *rapid.T) history.Slice {
	h := drawRun(t)
	pause, shift := rapid.IntRange(0, len(h)).Draw(t, "pause"), time.Duration(0)
	late := rapid.Bool().Draw(t, "scanned late")
	for i, r := range h {
		if i == pause {
			shift = 10*time.Second + time.Duration(rapid.IntRange(-3, 3).Draw(t, "longer"))*ms1
		}
		switch r := r.(type) {
		case *history.Send:
			r.Intended, r.Start, r.End = r.Intended+shift, r.Start+shift, r.End+shift
			drawType(t, r)
		case *history.Scan:
			if late {
				r.End = 5*time.Minute + shift + time.Duration(rapid.IntRange(-3, 40).Draw(t, "scan"))*ms1
			}
		}
	}
	return h
}

// drawType makes a send one of a message that comes later, or leaves it as it is.
func drawType(t *rapid.T, s *history.Send) {
	s.Type = rapid.SampledFrom([]string{"", history.Delay, history.Timer, history.Commit, history.Checked, history.Rollback}).Draw(t, "type")
	if s.KeptApart() {
		s.Offset = -1
	}
	switch {
	case s.Type == history.Rollback:
		s.Outcome = history.Failed
	case s.Delayed():
		s.Due = s.Start + time.Duration(rapid.IntRange(-3, 12).Draw(t, "due"))*ms1
		if s.Type == history.Timer {
			s.Due += rapid.SampledFrom([]time.Duration{0, time.Second, 10 * time.Second}).Draw(t, "ahead")
		} else if rapid.Bool().Draw(t, "by the same level") {
			s.Due = s.Start + ms1
		}
	}
}

func TestFatesAgreeWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawLaterRun(t)
		want := newOracle(h).judgeFates()
		for name, readers := range map[string][]history.Reader{"whole": {h}, "split": split(t, h)} {
			r, err := JudgeAll(readers, Options{Claims: named(sortedKeys(want)...)})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]Verdict{}
			for _, c := range r.Claims {
				got[c.ID] = c.Verdict
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s: oracle (-) and judge (+) disagree:\n%s\n%s\n%s", name, d, r.Text(), write(h))
			}
		}
	})
}

func TestLatenessIsADistribution(t *testing.T) {
	h := history.Slice{&history.Run{Version: 1, ID: "late"}}
	for n := range int64(100) {
		due := time.Duration(n+1) * time.Second
		h = append(h,
			&history.Send{Producer: 0, Seq: uint64(n), Topic: "t", Broker: "b", Offset: -1, Outcome: history.OK, Type: history.Delay, Due: due},
			&history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: n, Seq: uint64(n), Intact: true},
			&history.Deliver{Group: "g", Topic: "t", Broker: "b", Offset: n, Seq: uint64(n), Attempt: 1, Start: due + time.Duration(n*37%100)*ms1})
	}
	h = append(h, &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 100, Complete: true, End: time.Hour})
	r, err := Judge(h, Options{Claims: named(FiresOnce)})
	c, _ := r.Claim(FiresOnce)
	if err != nil || c.Verdict != Valid || c.Counts["late_p50_ms"] != 49 || c.Counts["late_p99_ms"] != 98 || c.Counts["late_max_ms"] != 99 {
		t.Errorf("%v %+v", err, c)
	}
}

// TestWhatCameAndExpiredIsNotLost has a delayed message whose place a consumer names, below which the log was deleted; of
// one that nobody was given nobody knows.
func TestWhatCameAndExpiredIsNotLost(t *testing.T) {
	for name, tc := range map[string]struct {
		given   int64
		expired int64
		verdict Verdict
	}{"given below the front": {4, 5, Valid}, "given above it": {5, 5, Violated}, "given to nobody": {-1, 5, Inconclusive}, "and nothing was deleted": {-1, 0, Violated}} {
		due := 2 * time.Second
		h := history.Slice{&history.Run{Version: 1, ID: "expired"},
			&history.Send{Topic: "t", Broker: "b", Offset: -1, Outcome: history.OK, Type: history.Delay, Due: due},
			&history.Send{Seq: 1, Topic: "t", Broker: "b", Offset: -1, Outcome: history.OK, Type: history.Delay, Start: 10 * time.Second, End: 10 * time.Second, Due: 10*time.Second + due}}
		if tc.given >= 0 {
			h = append(h, &history.Deliver{Group: "g", Topic: "t", Broker: "b", Offset: tc.given, Attempt: 1, Start: due})
		}
		h = append(h, &history.Deliver{Group: "g", Topic: "t", Broker: "b", Offset: 6, Seq: 1, Attempt: 1, Start: 13 * time.Second},
			&history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: 6, Seq: 1, Intact: true},
			&history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Min: 6, Max: 7, Expired: tc.expired, Complete: true, End: time.Minute})
		r, err := Judge(h, Options{Claims: named(NoAckedLoss)})
		if err != nil || r.Verdict != tc.verdict {
			t.Errorf("%s: %v %s", name, err, r.Text())
		}
	}
}

// TestWhatIsNotKeptApartLeavesRoomForWhatIs has one delayed message that never came, sent after more others to its topic than the
// bounds have room for.
func TestWhatIsNotKeptApartLeavesRoomForWhatIs(t *testing.T) {
	defer func(b facts.Bounds) { bounds = b }(bounds)
	bounds.IDs = 2
	h := history.Slice{&history.Run{Version: 1, ID: "crowded"}}
	for n := range int64(9) {
		h = append(h, &history.Send{Seq: uint64(n), Topic: "t", Broker: "b", Offset: n, Outcome: history.OK, End: ms1},
			&history.Deliver{Group: "g", Topic: "t", Broker: "b", Offset: n, Seq: uint64(n), Attempt: 1, Start: ms1},
			&history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: n, Seq: uint64(n), Intact: true})
	}
	delayed := func(seq uint64) *history.Send {
		return &history.Send{Seq: seq, Topic: "t", Broker: "b", Offset: -1, Outcome: history.OK, Type: history.Delay, Due: time.Second}
	}
	scan := &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 9, Complete: true, End: time.Hour}
	if c := edgeClaim(t, append(h, delayed(9), scan), Options{}, FiresOnce); c.Verdict != Violated || c.Counts["missing"] != 1 {
		t.Errorf("one that never came: %s %v", c.Why, c.Counts)
	}
	if c := edgeClaim(t, append(h, delayed(9), delayed(10), delayed(11), scan), Options{}, FiresOnce); c.Verdict != Violated || c.Counts["missing"] != 2 {
		t.Errorf("more than there is room for: %s %v", c.Why, c.Counts)
	}
}

// TestACopyOnASlaveIsNotAComing has a delayed message that a slave has at another place than its master, and one that a slave alone has.
func TestACopyOnASlaveIsNotAComing(t *testing.T) {
	for onMaster, want := range map[bool]Verdict{true: Valid, false: Violated} {
		h := history.Slice{
			&history.Send{Topic: "t", Broker: "b", Offset: -1, Outcome: history.OK, Type: history.Delay, Due: time.Second},
			&history.Found{Replica: "b/1", Topic: "t", Broker: "b", Offset: 1, Intact: true},
			&history.Scan{Replica: "b/1", Topic: "t", Broker: "b", Max: 2, Complete: true, End: time.Hour},
		}
		if onMaster {
			h = append(h, &history.Found{Replica: "b/0", Topic: "t", Broker: "b", Intact: true})
		}
		h = append(h, &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 2, Complete: true, End: time.Hour})
		if c := edgeClaim(t, h, Options{}, FiresOnce); c.Verdict != want || c.Counts["twice"] != 0 {
			t.Errorf("on the master %v: %s: %s", onMaster, c.Verdict, c.Why)
		}
	}
}
