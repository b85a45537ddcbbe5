package verify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rmqproof/rmqproof/history"
)

// unfound is a send at 10 s that its queue's scan does not find, and so is lost.
func unfound() history.Slice {
	return history.Slice{sendAt(0, 0, 10*time.Second), &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 0, Complete: true, End: 99 * time.Second}}
}

func sendAt(producer uint32, offset int64, at time.Duration) *history.Send {
	return &history.Send{Producer: producer, Topic: "t", Broker: "b", Offset: offset, Intended: at, Start: at, End: at + ms1, Outcome: history.OK, Status: "SEND_OK"}
}

// timelineOf judges one claim and gives the timeline of the exhibit whose summary begins like this.
func timelineOf(t *testing.T, h history.Slice, claim, about string) Evidence {
	t.Helper()
	r, err := Judge(h, Options{Claims: named(claim)})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Claims[0].Evidence {
		if strings.HasPrefix(e.Summary, about) {
			e.Timeline = slices.DeleteFunc(e.Timeline, func(l string) bool { return strings.Contains(l, "  scan     of ") })
			return e
		}
	}
	t.Fatalf("nothing of %q in\n%s", about, r.Text())
	return Evidence{}
}

// lines cuts a timeline's lines to what tells them apart.
func lines(timeline []string, cut string) (out []string) {
	for _, l := range timeline {
		l, _, _ = strings.Cut(strings.TrimSpace(l), cut)
		out = append(out, strings.Join(strings.Fields(l), " "))
	}
	return out
}

func TestTwelveRelatedRecordsAreShown(t *testing.T) {
	h := unfound()
	for i := range maxRelated + 3 {
		h = append(h, &history.Deliver{Group: "g", Topic: "t", Broker: "b", Attempt: int32(i), Start: 11*time.Second + time.Duration(i)*ms1})
	}
	h = append(h, faultAt(20*time.Second, 30*time.Second)) // which may have cut the log
	e := timelineOf(t, h, NoAckedLoss, "producer 0 seq 0")
	if got := len(e.Timeline); got != maxRelated || !strings.Contains(e.Timeline[got-1], "attempt 10") {
		t.Errorf("%d records:\n%s", got, strings.Join(e.Timeline, "\n"))
	}
}

// TestTheNearestSendsAreShown has more on either side than are shown, out of order, and some at the same time.
func TestTheNearestSendsAreShown(t *testing.T) {
	for _, c := range []struct {
		name string
		at   []int // when producer 1, 2, 3 … began, in milliseconds
		want []string
	}{
		{"three on either side", []int{8000, 9000, 7000, 6000, 13_000, 11_000, 12_000, 14_000}, []string{
			"7.000s send producer 3", "8.000s send producer 1", "9.000s send producer 2", "10.000s send producer 0", "11.000s send producer 6", "12.000s send producer 7", "13.000s send producer 5"}},
		{"at the same time counts as after", []int{7000, 8000, 9000, 10_000, 11_000, 12_000, 13_000}, []string{
			"7.000s send producer 1", "8.000s send producer 2", "9.000s send producer 3", "10.000s send producer 0", "10.000s send producer 4", "11.000s send producer 5", "12.000s send producer 6"}},
		{"the first recorded of those at one time", []int{9000, 9000, 9000, 9000, 11_000, 11_000, 11_000, 11_000}, []string{
			"9.000s send producer 1", "9.000s send producer 2", "9.000s send producer 3", "10.000s send producer 0", "11.000s send producer 5", "11.000s send producer 6", "11.000s send producer 7"}},
	} {
		h := unfound()
		for i, n := range c.at {
			h = append(h, sendAt(uint32(i+1), int64(i+1), time.Duration(n)*ms1))
		}
		if d := cmp.Diff(c.want, lines(timelineOf(t, h, NoAckedLoss, "producer 0 seq 0").Timeline, " seq")); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestTheNearestFailingProbesAreShown has the last before the send and the first after, of its broker group, in any order.
func TestTheNearestFailingProbesAreShown(t *testing.T) {
	const send = "10.000s send producer 0"
	for _, c := range []struct {
		name   string
		probes []span1
		want   []string
	}{
		{"in order", []span1{{8000, 8001, 0}, {9000, 9001, 0}, {11_000, 11_001, 0}, {12_000, 12_001, 0}}, []string{"9.000s probe of b: unknown after 1ms", send, "11.000s probe of b: unknown after 1ms"}},
		{"out of order", []span1{{12_000, 12_001, 0}, {11_000, 11_001, 0}, {9000, 9001, 0}, {8000, 8001, 0}}, []string{"9.000s probe of b: unknown after 1ms", send, "11.000s probe of b: unknown after 1ms"}},
		{"at the same time counts as after", []span1{{9000, 9001, 0}, {10_000, 10_001, 0}, {11_000, 11_001, 0}}, []string{"9.000s probe of b: unknown after 1ms", send, "10.000s probe of b: unknown after 1ms"}},
		{"the first recorded of those at one time", []span1{{9000, 9001, 0}, {9000, 9002, 0}, {11_000, 11_001, 0}, {11_000, 11_002, 0}}, []string{"9.000s probe of b: unknown after 1ms", send, "11.000s probe of b: unknown after 1ms"}},
		{"successes are not", []span1{{9000, 9001, history.OK}, {11_000, 11_001, history.Failed}}, []string{send, "11.000s probe of b: failed after 1ms"}},
	} {
		h := append(unfound(), probesOf(c.probes...)...)
		h = append(h, &history.Probe{Broker: "other", Start: 9500 * ms1, End: 9501 * ms1})
		if d := cmp.Diff(c.want, lines(timelineOf(t, h, NoAckedLoss, "producer 0 seq 0").Timeline, " seq")); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestTheSpansOfTheSendAreShown has spans that begin and end as the send begins.
func TestTheSpansOfTheSendAreShown(t *testing.T) {
	h := append(unfound(), &history.Span{Name: "over", Phase: history.Before, Start: 0, End: 10 * time.Second},
		&history.Span{Name: "on", Phase: history.Fault, Start: 10 * time.Second, End: 20 * time.Second}, &history.Span{Name: "late", Phase: history.After, Start: 10*time.Second + 1, End: 30 * time.Second})
	want := []string{"10.000s send producer 0 seq 0 to t b queue 0 offset 0: ok (SEND_OK) after 1ms", `10.000s span "on" (fault) on`}
	if d := cmp.Diff(want, lines(timelineOf(t, h, NoAckedLoss, "producer 0 seq 0").Timeline, " until")); d != "" {
		t.Error(d)
	}
}

// TestTheMessagesOwnSendIsTheOperation has two sends with one offset. The exhibit is about the lower id; its time and its neighbours are those of
// its send, whichever was recorded first.
func TestTheMessagesOwnSendIsTheOperation(t *testing.T) {
	own, other := sendAt(0, 5, 5*time.Second), sendAt(1, 5, 15*time.Second)
	for _, h := range []history.Slice{{own, other}, {other, own}} {
		h = append(h, &history.Span{Name: "early", Phase: history.Before, Start: 0, End: 10 * time.Second}, &history.Span{Name: "late", Phase: history.After, Start: 10 * time.Second, End: 20 * time.Second})
		e := timelineOf(t, h, OffsetUnique, "topic t b queue 0 offset 5 holds 2 messages")
		s, err := history.DecodeLine(e.Operation)
		if err != nil || s.(*history.Send).Producer != 0 {
			t.Errorf("%v, the operation is %s", err, e.Operation)
		}
		if all := strings.Join(e.Timeline, "\n"); !strings.Contains(all, `"early"`) || strings.Contains(all, `"late"`) {
			t.Errorf("the time is not that of producer 0:\n%s", all)
		}
	}
}

// TestWhatHasNoTimeComesLast has records of the scan, which is made when all is over.
func TestWhatHasNoTimeComesLast(t *testing.T) {
	h := history.Slice{&history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: 5, Producer: 2, Intact: true}, sendAt(0, 5, 5*time.Second),
		&history.Found{Replica: "b/1", Topic: "t", Broker: "b", Offset: 5, Producer: 2, Intact: true}, sendAt(1, 5, -5*time.Second)}
	want := []string{"-5.000s send producer 1", "5.000s send producer 0", "final scan found on b/0 at t b queue 0 offset 5: producer 2", "final scan found on b/1 at t b queue 0 offset 5: producer 2"}
	if d := cmp.Diff(want, lines(timelineOf(t, h, OffsetUnique, "topic t b queue 0 offset 5").Timeline, " seq")); d != "" {
		t.Error(d)
	}
}

// TestADamagedMessagesOperation is about an offset and no message: what is shown is the first record of it.
func TestADamagedMessagesOperation(t *testing.T) {
	h := history.Slice{sendAt(1, 5, 5*time.Second), sendAt(0, 5, 7*time.Second), &history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: 5}}
	s, err := history.DecodeLine(timelineOf(t, h, PayloadIntact, "topic t b queue 0 offset 5 on b/0 holds a damaged message").Operation)
	if send, ok := s.(*history.Send); err != nil || !ok || send.Producer != 1 {
		t.Errorf("%v, the operation is %+v", err, s)
	}
}

// TestASendSaysItsOffset has the lowest one, and an answer that named none.
func TestASendSaysItsOffset(t *testing.T) {
	for offset, want := range map[int64]string{-1: "to t b queue 0: ok", 0: "to t b queue 0 offset 0: ok"} {
		if s := describe(sendAt(0, offset, 0)); !strings.Contains(s, want) {
			t.Errorf("no %q in %q", want, s)
		}
	}
}

// TestDurationsAreRounded to what a reader can use: 10 µs in a timeline.
func TestDurationsAreRounded(t *testing.T) {
	if s := describe(&history.Probe{Broker: "b", End: 1234567}); s != "probe    of b: unknown after 1.23ms" {
		t.Error(s)
	}
}
