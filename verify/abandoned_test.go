package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// TestAGroupThatIsNoLongerSentTo has clients that leave one of two groups alone, so that nobody sees whether it serves again.
func TestAGroupThatIsNoLongerSentTo(t *testing.T) {
	with := func(change func(*tape)) tape { c := standard; change(&c); return c }
	for name, c := range map[string]struct {
		tape
		want Verdict
	}{
		"from the fault on":                         {with(func(c *tape) { c.notSent = of("east", 20_000, 1<<30) }), Inconclusive},
		"for a minute":                              {with(func(c *tape) { c.notSent = of("east", 20_000, 80_000) }), Inconclusive},
		"after 3 s of refusals":                     {with(func(c *tape) { c.refused, c.notSent = of("east", 20_000, 1<<30), of("east", 23_000, 1<<30) }), Inconclusive},
		"for 4 s":                                   {with(func(c *tape) { c.notSent = of("east", 21_000, 25_000) }), Valid},
		"for a minute before the fault":             {with(func(c *tape) { c.fault, c.notSent = [2]int{90_000, 100_000}, of("east", 20_000, 80_000) }), Valid},
		"after it was stable again":                 {with(func(c *tape) { c.notSent = of("east", 60_000, 80_000) }), Valid},
		"while the other is refused for a minute":   {with(func(c *tape) { c.notSent, c.refused = of("east", 20_000, 80_000), of("west", 20_000, 80_000) }), Violated},
		"while the other is refused for 10 seconds": {with(func(c *tape) { c.notSent, c.refused = of("east", 20_000, 80_000), of("west", 20_000, 30_000) }), Inconclusive},
	} {
		r, err := Judge(c.history(), Options{Claims: []Claim{claims.ResumesWithin(30 * time.Second)}})
		why := r.Claims[0].Why
		if err != nil || r.Verdict != c.want || c.want == Inconclusive && !strings.HasPrefix(why, "group east was not sent to from ") {
			t.Errorf("%s: want %s: %v %s", name, c.want, err, r.Text())
		}
	}
}

// TestASpanAfterTheFaultIsNoBaseline has a group that was out before the fault, and a span "before" at another time.
func TestASpanAfterTheFaultIsNoBaseline(t *testing.T) {
	for at, want := range map[time.Duration]Verdict{5 * time.Second: Inconclusive, 16 * time.Second: Valid, 20 * time.Second: Inconclusive, time.Minute: Inconclusive} {
		run := standard
		run.down = of("east", 10_000, 15_000)
		h := append(run.history(), &history.Span{Name: "b", Phase: history.Before, Start: at, End: at + time.Second})
		r, err := Judge(h, Options{Claims: []Claim{claims.GroupsResumeWithin(30 * time.Second)}})
		if err != nil || r.Verdict != want {
			t.Errorf("at %s: want %s: %v %s", at, want, err, r.Text())
		}
	}
}

// TestEachHistoryAnnouncesItsFaults has two agents that name different faults, of which one never came.
func TestEachHistoryAnnouncesItsFaults(t *testing.T) {
	for missing, lists := range map[string][2][]string{
		"":      {{"fault"}, {"fault"}},
		"other": {{"fault"}, {"other"}},
		"third": {{"fault", "fault"}, {"fault", "third"}},
	} {
		first, second := standard.history(), history.Slice{&history.Run{Version: 1, ID: "tape", Faults: lists[1]}}
		first[0].(*history.Run).Faults = lists[0]
		if len(lists[0]) > 1 {
			again := *first[len(first)-1].(*history.Span)
			again.Start, again.End = 60*time.Second, 70*time.Second
			first = append(first, &again)
		}
		inBothOrders(t, first, second, Options{Claims: named("fault-confirmed")}, func(r Report) {
			if why := r.Claims[0].Why; (r.Claims[0].Verdict == Valid) != (missing == "") || missing != "" && !strings.Contains(why, missing) {
				t.Errorf("%v: %s", lists, r.Text())
			}
		})
	}
}

// TestProbesThatHangWhereTheRunEnds are no outage where none had its answer when the last began.
func TestProbesThatHangWhereTheRunEnds(t *testing.T) {
	for name, c := range map[string]struct {
		answered int // ms after the last probe began at which the failing ones end
		want     Verdict
	}{
		"all hang until the end":                 {1, Valid},
		"all end as the last begins":             {0, Valid},
		"all have failed before the last begins": {-1, Inconclusive},
	} {
		run := standard
		run.down = of("east", 119_400, 1<<30)
		h := run.history()
		for _, r := range h {
			if p, ok := r.(*history.Probe); ok && p.Outcome != history.OK {
				p.End = max(p.Start, 119_900*ms1+time.Duration(c.answered)*ms1)
			}
		}
		r, err := Judge(h, Options{Claims: []Claim{claims.GroupsResumeWithin(30 * time.Second)}})
		if err != nil || r.Verdict != c.want {
			t.Errorf("%s: want %s: %v %s", name, c.want, err, r.Text())
		}
	}
}

// TestAClockThatGoesBack is no disorder of the log: numbers and offsets agree, and the times do not.
func TestAClockThatGoesBack(t *testing.T) {
	order := Options{Claims: named(OffsetMonotone, QueueOrder)}
	for name, c := range map[string]struct {
		by   time.Duration // what the clock goes on by at 60 s
		swap bool          // two offsets are exchanged as well
		want Verdict
	}{
		"10 s back":                        {-10 * time.Second, false, Inconclusive},
		"300 ms back":                      {-300 * ms1, false, Inconclusive},
		"100 ms back, less than two apart": {-100 * ms1, false, Valid},
		"a minute forward":                 {time.Minute, false, Valid},
		"10 s back, and two are exchanged": {-10 * time.Second, true, Violated},
	} {
		h := standard.history()
		for _, r := range h {
			s, ok := r.(*history.Send)
			if ok && s.Start >= 60*time.Second {
				s.Start, s.End, s.Intended = s.Start+c.by, s.End+c.by, s.Intended+c.by
			}
			if ok && c.swap && (s.Seq == 20 || s.Seq == 21) {
				s.Offset ^= 1
			}
		}
		r, err := Judge(h, order)
		if err != nil || r.Verdict != c.want || c.want == Inconclusive && !strings.Contains(r.Claims[0].Why, "the clock went back") {
			t.Errorf("%s: want %s: %v %s", name, c.want, err, r.Text())
		}
	}
}

// TestWhatWasDeliveredAndIsGone has a first message of unknown outcome that a group was given, and of which the scan that read its
// place found nothing.
func TestWhatWasDeliveredAndIsGone(t *testing.T) {
	type run struct {
		gone *history.Send
		last *history.Deliver
		scan *history.Scan
	}
	for name, c := range map[string]struct {
		change   func(run)
		violated string
	}{
		"as it is":                          {func(run) {}, OffsetMonotone},
		"the broker passed over it":         {func(r run) { r.scan.Holes = []int64{0} }, OffsetMonotone},
		"it lies below the lowest offset":   {func(r run) { r.scan.Min = 1 }, ""},
		"the scan is not complete":          {func(r run) { r.scan.Complete = false }, ""},
		"deliveries went on after the scan": {func(r run) { r.last.Start = time.Hour }, ""},
		"it was acknowledged: a loss":       {func(r run) { r.gone.Outcome, r.gone.Offset = history.OK, 0 }, NoAckedLoss},
	} {
		h, x := history.Slice{&history.Run{Version: 1, ID: "r"}}, run{}
		for n := range int64(3) {
			at := time.Duration(n) * time.Second
			s := &history.Send{Seq: uint64(n), Topic: "t", Start: at, End: at + 1, Outcome: history.OK, Broker: "b", Offset: n}
			x.last = &history.Deliver{Group: "g", Topic: "t", Broker: "b", Offset: n, Seq: uint64(n), Attempt: 1, Start: s.End + 1}
			h = append(h, s, x.last)
			if n == 0 {
				x.gone, s.Outcome, s.Offset = s, history.Unknown, -1
				continue
			}
			h = append(h, &history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: n, Seq: uint64(n), Intact: true})
		}
		x.scan = &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 3, Complete: true, End: time.Minute}
		c.change(x)
		r, err := Judge(append(h, x.scan), Options{Claims: named(OffsetMonotone, NoAckedLoss)})
		for _, j := range r.Claims {
			if err != nil || (j.Verdict == Violated) != (j.ID == c.violated) {
				t.Errorf("%s: %v %s", name, err, r.Text())
			}
		}
	}
}
