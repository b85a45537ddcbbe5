package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// TestWhatIsNotWatchedMayHideAnOutage has probes and sends that are missing where an outage could be.
func TestWhatIsNotWatchedMayHideAnOutage(t *testing.T) {
	for name, c := range map[string]struct {
		notProbed func(string, int) bool
		down      func(string, int) bool
		most      [2]time.Duration // at once, in all
		want      Verdict
	}{
		"probes end early":                        {of("east", 80_000, 1<<30), nil, [2]time.Duration{30, 60}, Inconclusive},
		"probes begin late":                       {of("east", 0, 40_000), nil, [2]time.Duration{30, 60}, Inconclusive},
		"probes end a little early":               {of("east", 95_000, 1<<30), nil, [2]time.Duration{30, 60}, Valid},
		"one stretch hides more than is bearable": {of("east", 60_000, 95_000), nil, [2]time.Duration{30, 60}, Inconclusive},
		"an outage runs into the dark":            {of("east", 50_000, 65_000), of("east", 30_000, 50_000), [2]time.Duration{30, 60}, Inconclusive},
		"an outage runs through the dark":         {of("east", 30_000, 45_000), of("east", 20_000, 47_000), [2]time.Duration{30, 30}, Valid},
		"an outage runs over the bound":           {of("east", 30_000, 45_000), of("east", 20_000, 52_000), [2]time.Duration{30, 60}, Inconclusive},
		"an outage after the dark is too long":    {of("east", 30_000, 45_000), of("east", 20_000, 76_000), [2]time.Duration{30, 60}, Violated},
	} {
		run := tape{length: 120_000, fault: [2]int{20_000, 30_000}, notProbed: c.notProbed, down: c.down}
		r, err := Judge(run.history(), Options{Claims: []Claim{claims.OutageAtMost(c.most[0]*time.Second, c.most[1]*time.Second)}})
		if err != nil || r.Verdict != c.want {
			t.Errorf("%s: want %s: %v %s", name, c.want, err, r.Text())
		}
	}
}

// TestAGroupThatNeverServes is refused from the first send to the last: nothing is known of how it comes back.
func TestAGroupThatNeverServes(t *testing.T) {
	for name, c := range map[string]struct {
		tape
		want Verdict
	}{
		"announced and never sent to":  {tape{announced: history.Run{Brokers: []string{"east", "west", "north"}}}, Inconclusive},
		"sent to and never serves":     {tape{refused: of("west", 0, 1<<30)}, Inconclusive},
		"serves just before the fault": {tape{refused: of("west", 0, 17_000)}, Inconclusive},
		"announced, and serves":        {tape{announced: history.Run{Brokers: []string{"east", "west"}}}, Valid},
	} {
		for _, claim := range []Claim{claims.ResumesWithin(30 * time.Second), claims.QueuesResumeWithin(45 * time.Second)} {
			c.length, c.fault = 120_000, [2]int{20_000, 30_000}
			r, err := Judge(c.history(), Options{Claims: []Claim{claim}})
			if err != nil || r.Verdict != c.want {
				t.Errorf("%s, by %s: want %s: %v %s", name, claim, c.want, err, r.Text())
			}
		}
	}
}

// TestAnyTimeBeyondAllBounds gives each kind of record a time that no clock has.
func TestAnyTimeBeyondAllBounds(t *testing.T) {
	far := 101 * 24 * time.Hour
	for name, strange := range map[string]history.Record{
		"scan":       &history.Scan{Replica: "east", Master: true, Topic: "u", Broker: "east", Complete: true, End: far},
		"delivery":   &history.Deliver{Group: "g", Topic: "t", Broker: "east", Offset: 0, Producer: 0, Seq: 0, Attempt: 1, Start: -far},
		"change":     &history.Change{Broker: "east", Process: "p", At: far},
		"span":       &history.Span{Name: "s", Phase: history.After, Start: time.Second, End: far},
		"injected":   &history.Span{Name: "s", Phase: history.Fault, Start: time.Second, End: 2 * time.Second, Injected: far, Confirmed: true},
		"healed":     &history.Span{Name: "s", Phase: history.Fault, Start: time.Second, End: 2 * time.Second, Healed: -far, Confirmed: true},
		"probe":      &history.Probe{Broker: "east", Start: far, End: far},
		"first send": &history.Send{Producer: 9, Topic: "t", Start: -far, End: 0, Offset: -1},
	} {
		r, err := Judge(append(standard.history(), strange), Options{Claims: []Claim{claims.ResumesWithin(30 * time.Second)}})
		if err != nil || r.Verdict != Inconclusive || !strings.Contains(r.Claims[0].Why, "clock") {
			t.Errorf("%s: %v %s", name, err, r.Text())
		}
	}
}

// TestAHistoryWithoutAClock judges two agents' histories of which one says when it started.
func TestAHistoryWithoutAClock(t *testing.T) {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		started time.Time
		want    Verdict
	}{"one says when it started": {noon, Inconclusive}, "none does": {time.Time{}, Valid}} {
		first := tape{length: 120_000, fault: [2]int{20_000, 30_000}, announced: history.Run{Started: c.started}}.history()
		second := history.Slice{&history.Run{Version: 1, ID: "tape"}, &history.Probe{Broker: "east", Start: time.Second, End: time.Second + ms1, Outcome: history.OK}}
		inBothOrders(t, first, second, Options{Claims: []Claim{claims.ResumesWithin(30 * time.Second)}}, func(r Report) {
			if r.Verdict != c.want {
				t.Errorf("%s: %s", name, r.Text())
			}
		})
	}
}

// TestTheFirstSpanBeforeAFaultCounts has two of them, recorded in either order, and a sick time in the first.
func TestTheFirstSpanBeforeAFaultCounts(t *testing.T) {
	run := tape{length: 150_000, fault: [2]int{60_000, 70_000}, down: of("east", 20_000, 30_000)}
	spans := []history.Record{&history.Span{Name: "before", Phase: history.Before, Start: 10 * time.Second, End: 40 * time.Second},
		&history.Span{Name: "again", Phase: history.Before, Start: 40 * time.Second, End: 60 * time.Second}}
	for _, l := range [][]history.Record{spans, {spans[1], spans[0]}} {
		r, err := Judge(append(run.history(), l...), Options{Claims: []Claim{claims.GroupsResumeWithin(30 * time.Second)}})
		if err != nil || r.Verdict != Inconclusive {
			t.Errorf("%v %s", err, r.Text())
		}
	}
	r, err := Judge(append(run.history(), spans[1]), Options{Claims: []Claim{claims.GroupsResumeWithin(30 * time.Second)}})
	if err != nil || r.Verdict != Valid {
		t.Errorf("what comes before the span: %v %s", err, r.Text())
	}
}

// TestEachQueueIsScannedOnAnAnnouncedReplica has a slave that was asked for one of two queues.
func TestEachQueueIsScannedOnAnAnnouncedReplica(t *testing.T) {
	for queues, want := range map[int32]Verdict{1: Inconclusive, 2: Valid} {
		h := history.Slice{&history.Run{Version: 1, ID: "r", Replicas: []string{"b/0", "b/1"}}}
		for q := range int32(2) {
			h = append(h, &history.Send{Seq: uint64(q), Topic: "t", Broker: "b", Queue: q, End: ms1, Outcome: history.OK})
			for i, replica := range []string{"b/0", "b/1"} {
				if i == 1 && q >= queues {
					continue
				}
				h = append(h, &history.Found{Replica: replica, Topic: "t", Broker: "b", Queue: q, Seq: uint64(q), Intact: true},
					&history.Scan{Replica: replica, Master: i == 0, Topic: "t", Broker: "b", Queue: q, Max: 1, Complete: true, End: time.Second})
			}
		}
		r, err := Judge(h, Options{Claims: []Claim{claims.ReplicasAgree()}})
		if err != nil || r.Verdict != want {
			t.Errorf("%d queues: want %s: %v %s", queues, want, err, r.Text())
		}
	}
}

// TestAPauseBeginsWithTheAttempt has an attempt that was due long before it was made, and failed.
func TestAPauseBeginsWithTheAttempt(t *testing.T) {
	var h history.Slice
	for i, at := range []time.Duration{0, 100, 200, 300, 2300, 2900, 3000} {
		s := &history.Send{Seq: uint64(i), Topic: "t", Broker: "b", Intended: at * ms1, Start: at * ms1, End: (at + 2) * ms1, Outcome: history.OK, Offset: int64(i)}
		if at == 2300 {
			s.Intended, s.Outcome, s.Offset = 400*ms1, history.Unknown, -1
		}
		h = append(h, s)
	}
	r, err := Judge(h, Options{})
	if err != nil || len(r.Availability.Sends.Pauses) != 0 {
		t.Errorf("%v %+v", err, r.Availability.Sends)
	}
}

// TestThreeSendsShowABadRate has three sends due in each window, of which one or two are acknowledged for a minute.
func TestThreeSendsShowABadRate(t *testing.T) {
	for good, want := range map[int]Verdict{1: Violated, 2: Valid} {
		h := history.Slice{&history.Span{Name: "f", Phase: history.Fault, Start: 30 * time.Second, End: 40 * time.Second, Confirmed: true}}
		for i := range 45 {
			at := time.Duration(i/3)*10*time.Second + time.Duration(i%3)*3333*ms1
			s := &history.Send{Seq: uint64(i), Topic: "t", Broker: "b", Intended: at, Start: at, End: at + ms1, Outcome: history.OK, Offset: int64(i)}
			if i >= 9 && i < 27 && i%3 >= good {
				s.Outcome, s.Offset = history.Unknown, -1
			}
			h = append(h, s)
		}
		r, err := Judge(h, Options{Claims: []Claim{claims.ResumesWithin(30 * time.Second)}})
		if err != nil || r.Verdict != want {
			t.Errorf("%d of 3: %v %s", good, err, r.Text())
		}
	}
}

// TestALostMessageThatWasDelivered is lost, and no group lacks it: one had it, the other has nothing of its topic.
func TestALostMessageThatWasDelivered(t *testing.T) {
	h := history.Slice{}
	for i, topic := range []string{"t", "t", "u"} {
		offset := int64(i % 2)
		h = append(h, &history.Send{Seq: uint64(i), Topic: topic, Broker: "b", Offset: offset, End: ms1, Outcome: history.OK},
			&history.Deliver{Group: "of " + topic, Topic: topic, Broker: "b", Offset: offset, Seq: uint64(i), Attempt: 1, Start: 2 * ms1})
	}
	for topic, seqs := range map[string][]uint64{"t": {1}, "u": {2}} {
		for _, seq := range seqs {
			h = append(h, &history.Found{Replica: "b/0", Topic: topic, Broker: "b", Offset: int64(seq % 2), Seq: seq, Intact: true})
		}
		h = append(h, &history.Scan{Replica: "b/0", Master: true, Topic: topic, Broker: "b", Max: int64(seqs[0]%2) + 1, Complete: true, End: time.Second})
	}
	r, err := Judge(h, Options{Claims: named(NoAckedLoss, DeliveredAtLeastOnce)})
	if err != nil || r.Claims[0].Verdict == r.Claims[1].Verdict || r.Verdict != Violated {
		t.Errorf("%v %s", err, r.Text())
	}
}

// TestHalfIsEnoughForAQueue acknowledges one of two sends a second after the fault, or one of three.
func TestHalfIsEnoughForAQueue(t *testing.T) {
	for each, want := range map[int]Verdict{2: Valid, 3: Violated} {
		h := history.Slice{&history.Span{Name: "f", Phase: history.Fault, Start: 20 * time.Second, End: 30 * time.Second, Confirmed: true}}
		for i := range 100 * each {
			at := time.Duration(i/each)*time.Second + time.Duration(i%each)*300*ms1
			s := &history.Send{Seq: uint64(i), Topic: "t", Broker: "b", Intended: at, Start: at, End: at + ms1, Outcome: history.OK, Offset: int64(i)}
			if at >= 20*time.Second && i%each > 0 {
				s.Outcome, s.Offset = history.Unknown, -1
			}
			h = append(h, s)
		}
		r, err := Judge(h, Options{Claims: []Claim{claims.QueuesResumeWithin(45 * time.Second)}})
		if err != nil || r.Verdict != want {
			t.Errorf("one of %d: %v %s", each, err, r.Text())
		}
	}
}

// TestWithoutTimes leaves time out: every claim that is not judged says why, and none falls over.
func TestWithoutTimes(t *testing.T) {
	r, err := Judge(standard.history(), Options{MessagesOnly: true})
	if text := r.Text(); err != nil || strings.Contains(text, "defect") || !strings.Contains(text, "time was left out") {
		t.Errorf("%v %s", err, text)
	}
}
