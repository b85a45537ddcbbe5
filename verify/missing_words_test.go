package verify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// TestALossSaysWhatLiesInItsPlace takes the chosen message out of its queue in several ways.
func TestALossSaysWhatLiesInItsPlace(t *testing.T) {
	const delivered = "; it had been delivered to g"
	lost := func(history.Record) bool { return false }
	for want, with := range map[string]struct {
		found, given func(history.Record) bool
		scan         func(*history.Scan)
	}{
		"; nothing lies there" + delivered:                            {found: lost},
		"; nothing lies there":                                        {found: lost, given: lost},
		"; nothing lies there: the broker passed over it" + delivered: {found: lost, scan: func(s *history.Scan) { s.Holes = []int64{3, 62} }},
		"; another message lies there" + delivered:                    {found: found("", func(f *history.Found) bool { f.Seq = 999; return true })},
	} {
		h := change(func(r history.Record) bool {
			switch r.(type) {
			case *history.Found:
				return with.found(r)
			case *history.Deliver:
				return with.given == nil || with.given(r)
			}
			return true
		})
		for _, r := range h {
			if s, ok := r.(*history.Scan); ok && with.scan != nil && s.Broker == "broker-b" && s.Queue == 0 && s.Master {
				with.scan(s)
			}
		}
		r, err := Judge(h, Options{Claims: named(NoAckedLoss)})
		c := r.Claims[0]
		if err != nil || c.Verdict != Violated || !strings.HasSuffix(c.Evidence[0].Summary, "final scan"+want+`; 4.900s into "kill master"`) {
			t.Errorf("want %s: %v\n%s", want, err, r.Text())
		}
		passed := map[bool]int64{true: 1}[strings.Contains(want, "passed over")]
		if c.Counts["lost_passed_over"] != passed || strings.Contains(c.Why, "1 of these lie where the broker passed over") != (passed > 0) {
			t.Errorf("%s: %v %s", want, c.Counts, c.Why)
		}
	}
}

// TestALossOutsideOfTheQueueSaysWhereItEnds has two messages, one of them beyond either end of what was read.
func TestALossOutsideOfTheQueueSaysWhereItEnds(t *testing.T) {
	for kept, want := range map[int64]string{0: "final scan; the queue ends at 1", 1: "final scan; the queue begins at 1"} {
		h := history.Slice{&history.Run{Version: 1, ID: "r"}}
		for n := range int64(2) {
			h = append(h, &history.Send{Seq: uint64(n), Topic: "t", End: 1, Outcome: history.OK, Broker: "b", Offset: n})
		}
		h = append(h, &history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: kept, Seq: uint64(kept), Intact: true},
			&history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Min: kept, Max: kept + 1, Complete: true, End: 2})
		r, err := Judge(h, Options{Claims: named(NoAckedLoss)})
		if err != nil || r.Verdict != Violated || !strings.HasSuffix(r.Claims[0].Evidence[0].Summary, want) || r.Claims[0].Counts["lost_below_lowest"] != kept {
			t.Errorf("%v\n%s", err, r.Text())
		}
	}
}

// TestAnAnnouncedGroupDoesNotVanish has acknowledgements without offsets, so that no queue is known to hold any.
func TestAnAnnouncedGroupDoesNotVanish(t *testing.T) {
	for groups, want := range map[string]Verdict{"": Valid, "g": Inconclusive} {
		run := &history.Run{Version: 1, ID: "r", Claims: []string{NoAckedLoss}}
		if groups != "" {
			run.Groups, run.Claims = []string{groups}, append(run.Claims, DeliveredAtLeastOnce)
		}
		h := history.Slice{run, &history.Send{Topic: "t", End: 1, Outcome: history.OK, Broker: "b", Offset: -1},
			&history.Found{Replica: "b/0", Topic: "t", Broker: "b", Intact: true}, &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 1, Complete: true, End: 2}}
		r, err := Judge(h, Options{})
		if err != nil || r.Verdict != want {
			t.Errorf("announced %q: %v\n%s", groups, err, r.Text())
		}
		if c, judged := r.Claim(DeliveredAtLeastOnce); judged != (groups != "") || judged && !strings.Contains(c.Why, "nothing says whether") {
			t.Errorf("announced %q: %s", groups, c.Why)
		}
		run.Claims = nil
		r, err = Judge(h, Options{})
		if _, judged := r.Claim(ConsumersCatchUp); err != nil || judged != (groups != "") {
			t.Errorf("announced %q, no claims named: %v\n%s", groups, err, r.Text())
		}
	}
}

// TestAnAcknowledgementWithoutOffsetIsNotLostWhereNoScanLooked names a queue that no scan read, where times are left out.
func TestAnAcknowledgementWithoutOffsetIsNotLostWhereNoScanLooked(t *testing.T) {
	for scanned, want := range map[string]Verdict{"0": Inconclusive, "5": Inconclusive, "05": Violated} {
		h := history.Slice{&history.Run{Version: 1, ID: "r"}, &history.Send{Topic: "t", End: 1, Outcome: history.OK, Broker: "b", Queue: 5, Offset: -1},
			&history.Send{Seq: 1, Topic: "t", End: 1, Outcome: history.Unknown, Broker: "b", Offset: -1}}
		for _, queue := range scanned {
			h = append(h, &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Queue: queue - '0', Complete: true, End: 2})
		}
		r, err := Judge(h, Options{Claims: named(NoAckedLoss), MessagesOnly: true})
		if err != nil || r.Verdict != want {
			t.Errorf("scanned %s: %v\n%s", scanned, err, r.Text())
		}
	}
}

// TestAGapInNumbersLeavesNothingValid judges one claim that the gap says nothing of.
func TestAGapInNumbersLeavesNothingValid(t *testing.T) {
	for gap, want := range map[bool]Verdict{false: Valid, true: Inconclusive} {
		h := cleanRun()
		if gap {
			h = without(h, func(r history.Record) bool { m, _, ok := subject(r); return ok && m == chosen })
		}
		r, err := Judge(h, Options{Claims: named(PayloadIntact)})
		if err != nil || r.Verdict != want || (len(r.Problems) == 1) != gap {
			t.Errorf("gap %t: %v\n%s", gap, err, r.Text())
		}
	}
}

// TestTheTextNamesOutagesOnceWithTheirTimes has a group that comes back too late.
func TestTheTextNamesOutagesOnceWithTheirTimes(t *testing.T) {
	run := tape{length: 120_000, fault: [2]int{20_000, 30_000}, down: of("east", 21_000, 61_000)}
	r, err := Judge(run.history(), Options{Claims: []Claim{claims.GroupsResumeWithin(30 * time.Second), claims.QueuesResumeWithin(30 * time.Second)}})
	if err != nil {
		t.Fatal(err)
	}
	text, first := r.Text(), r.Claims[0].Evidence[0].Summary
	if c, _ := r.Claim("group-resumes-within"); c.Verdict != Violated || !strings.HasSuffix(first, "; it was out from 21.000s to 61.000s") || !strings.Contains(c.Why, first) {
		t.Errorf("%s: %s", c.Why, first)
	}
	if strings.Count(text, first) != 1 || !strings.Contains(text, "    out from 21.000s to 61.000s, for 40s\n") {
		t.Error(text)
	}
	if c, _ := r.Claim("queue-resumes-within"); c.Verdict != Valid || c.Why != "no fault interrupted any of 2 queues: none was silent for more than 2s, or than its rate allows" {
		t.Error(c.Why)
	}
	run.down = flapping(6, 1000)
	if r, err = Judge(run.history(), Options{}); err != nil || !strings.Contains(r.Text(), "    and 1 shorter ones, in the JSON output\n") {
		t.Errorf("%v\n%s", err, r.Text())
	}
	if b, err := json.Marshal(r.Availability); err != nil || !strings.HasPrefix(string(b), `{"unit":"ns",`) {
		t.Errorf("%v %s", err, b)
	}
}
