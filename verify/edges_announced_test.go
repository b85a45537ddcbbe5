package verify

import (
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

func edgeFacts(t *testing.T, h ...history.Reader) *Facts {
	t.Helper()
	f, err := facts.Of(h, facts.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestAnAnnouncedSpanIsNoFaultOfItsName has a span and a fault, each of which was announced, and then only a fault of the span's name.
func TestAnAnnouncedSpanIsNoFaultOfItsName(t *testing.T) {
	run := &history.Run{Version: 1, ID: "x", Spans: []string{"before"}}
	span := &history.Span{Name: "before", Phase: history.Before, End: time.Second}
	if why := edgeFacts(t, history.Slice{run, span}).MissingSpan(); why != "" {
		t.Error(why)
	}
	fault := &history.Span{Name: "before", Phase: history.Fault, End: time.Second}
	if why := edgeFacts(t, history.Slice{run, fault}).MissingSpan(); why != `span "before" was announced and is not in the history` {
		t.Error(why)
	}
}

// TestWhichScanOfAnAnnouncedReplicaIsMissing takes away the line that ends a scan: of one queue, and of all.
func TestWhichScanOfAnAnnouncedReplicaIsMissing(t *testing.T) {
	for all, want := range map[bool]string{
		true:  "replica broker-b/1 was announced and not scanned",
		false: "replica broker-b/1 was announced and topic t broker-b queue 1 was not scanned on it",
	} {
		h := without(cleanRun(), func(r history.Record) bool {
			s, scan := r.(*history.Scan)
			return scan && s.Replica == "broker-b/1" && (all || s.Queue == 1)
		})
		h[0].(*history.Run).Replicas = []string{"broker-a/1", "broker-b/1"}
		if why := edgeFacts(t, h).UnscannedReplica(); why != want {
			t.Errorf("%q, not %q", why, want)
		}
	}
}

// TestCopiesThatNobodyPromisedAreNotScanned has a queue without a scan: promised one copy, and promised two of which it acknowledged none.
func TestCopiesThatNobodyPromisedAreNotScanned(t *testing.T) {
	for copies, outcome := range map[int64]history.Outcome{1: history.OK, 2: history.Unknown} {
		f := edgeFacts(t, history.Slice{&history.Run{Version: 1, Copies: copies}, &history.Send{Topic: "t", Broker: "b", Outcome: outcome}})
		if why := f.TooFewScanned(); why != "" {
			t.Errorf("%d copies: %s", copies, why)
		}
		if never := f.NeverScanned(); (never != "") != (outcome != history.OK) {
			t.Errorf("%s: never scanned: %q", outcome, never)
		}
	}
}

// TestAQueueThatWasOnlyReadIsNotSentTo has a delivery from a queue of which nothing else is known.
func TestAQueueThatWasOnlyReadIsNotSentTo(t *testing.T) {
	f := edgeFacts(t, history.Slice{&history.Run{Version: 1}, &history.Deliver{Group: "g", Topic: "t", Broker: "b"}})
	if why := f.NeverScanned(); why != "" {
		t.Error(why)
	}
}

// TestTheEarliestHistoryGivesTheRunsStart reads two in either order.
func TestTheEarliestHistoryGivesTheRunsStart(t *testing.T) {
	began := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	early := history.Slice{&history.Run{Version: 1, ID: "x", Started: began, Tool: "v1", Seed: 7}}
	late := history.Slice{&history.Run{Version: 1, ID: "x", Started: began.Add(time.Second)}}
	for _, l := range [][]history.Reader{{early, late}, {late, early}} {
		if a := edgeFacts(t, l...).Announced; !a.Started.Equal(began) || !slices.Equal(a.Tools, []string{"v1"}) || !slices.Equal(a.Seeds, []uint64{7}) {
			t.Errorf("%v %v %v", a.Started, a.Tools, a.Seeds)
		}
	}
}

// TestWhatWasNotWatchedBesideTheSends has probes that begin and end exactly a pause beside the sends, and half a second more.
func TestWhatWasNotWatchedBesideTheSends(t *testing.T) {
	const second = time.Second
	for beside, want := range map[time.Duration]time.Duration{second: 10 * second, 1500 * ms1: 13 * second} {
		f := Facts{Options: facts.Defaults()}
		f.Watched.Sends = availability.Watch{Start: 20*second - beside, End: 30*second + beside}
		if _, whole := f.Dark(availability.Watch{Start: 20 * second, End: 30 * second}); whole != want {
			t.Errorf("%v beside: %v, not %v", beside, whole, want)
		}
	}
	f := Facts{Options: facts.Defaults()}
	if _, whole := f.Dark(availability.Watch{Start: 20 * second, End: 30 * second}); whole != 10*second {
		t.Errorf("without sends: %v", whole)
	}
}
