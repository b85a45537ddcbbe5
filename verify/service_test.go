package verify

import (
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// probesAt makes a group's probes that begin at the given milliseconds; those of bad fail.
func probesAt(at []int, bad func(ms int) bool) history.Slice {
	h := history.Slice{}
	for _, n := range at {
		p := &history.Probe{Broker: "b", Start: time.Duration(n) * ms1, End: time.Duration(n)*ms1 + ms1, Outcome: history.OK}
		if bad(n) {
			p.Outcome = history.Unknown
		}
		h = append(h, p)
	}
	return h
}

func every(from, to, step int) (out []int) {
	for n := from; n < to; n += step {
		out = append(out, n)
	}
	return out
}

func outage(start, end time.Duration, open bool) Outage {
	return Outage{Start: start, End: end, Open: open}
}

func never(int) bool { return false }

func availabilityOf(t *testing.T, h history.Slice, share float64) (Judgement, GroupAvailability) {
	t.Helper()
	r, err := Judge(h, Options{Claims: []Claim{claims.AvailabilityAtLeast(share)}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Claims[0], r.Availability.Groups[0]
}

func TestTimeWithoutProbesCountsForNeitherSide(t *testing.T) {
	gap := slices.Concat(every(0, 5000, 100), every(15_000, 20_000, 100))
	c, g := availabilityOf(t, probesAt(gap, never), 0.9)
	if c.Verdict != Inconclusive || (g.Unobserved-10*time.Second).Abs() > 200*ms1 || g.Availability != 1 {
		t.Errorf("unobserved half: %s %+v", c.Verdict, g)
	}
	c, _ = availabilityOf(t, probesAt(gap, never), 0.4)
	if c.Verdict != Valid {
		t.Errorf("enough was seen: %s %s", c.Verdict, c.Why)
	}
	c, g = availabilityOf(t, probesAt(gap, func(ms int) bool { return ms < 4000 }), 0.9)
	if c.Verdict != Violated || len(g.Outages) != 1 || g.Outages[0].Open {
		t.Errorf("down for a fifth at least: %s %+v", c.Verdict, g)
	}
}

func TestAnOutageThatDoesNotEndIsOpen(t *testing.T) {
	c, g := availabilityOf(t, probesAt(every(0, 10_000, 100), func(ms int) bool { return ms >= 8000 }), 0.9)
	want := Outage{Start: 8 * time.Second, End: 9901 * ms1, Open: true}
	if c.Verdict != Violated || len(g.Outages) != 1 || g.Outages[0] != want || g.Longest != want.Length() || g.Down != want.Length() || g.OK != 80 || g.Probes != 100 {
		t.Errorf("%s %+v", c.Verdict, g)
	}
}

func TestOneProbeProvesNothing(t *testing.T) {
	h := history.Slice{&history.Probe{Broker: "b", Start: 1, End: 1, Outcome: history.OK}}
	if c, g := availabilityOf(t, h, 0.5); c.Verdict != Inconclusive || g.Interval != 0 {
		t.Errorf("%s %+v", c.Verdict, g)
	}
}

// sendsAt makes sends that begin at the given milliseconds; those of bad are of unknown outcome after a second.
func sendsAt(at []int, bad func(ms int) bool) history.Slice {
	h := history.Slice{}
	for i, n := range at {
		start := time.Duration(n) * ms1
		s := &history.Send{Seq: uint64(i), Topic: "t", Intended: start, Start: start, End: start + 2*ms1, Outcome: history.OK, Broker: "b", Offset: int64(i)}
		if bad(n) {
			s.Outcome, s.End, s.Broker, s.Offset = history.Unknown, start+time.Second, "", -1
		}
		h = append(h, s)
	}
	return h
}

func faultAt(from, to time.Duration) *history.Span {
	return &history.Span{Name: "kill", Phase: history.Fault, Target: "b", Start: from, End: to, Confirmed: true}
}

func resumes(t *testing.T, h history.Slice) (Judgement, SendAvailability) {
	t.Helper()
	r, err := Judge(h, Options{Claims: named(ResumesWithin)})
	if err != nil {
		t.Fatal(err)
	}
	return r.Claims[0], r.Availability.Sends
}

func within(from, to int) func(int) bool { return func(ms int) bool { return ms >= from && ms < to } }

func TestResumption(t *testing.T) {
	steady := every(0, 120_000, 50)
	fault := faultAt(20*time.Second, 60*time.Second)
	for _, c := range []struct {
		name    string
		sends   history.Slice
		verdict Verdict
		took    time.Duration
	}{
		{"no interruption", sendsAt(steady, never), Valid, 0},
		{"29 s at once", sendsAt(steady, within(20_000, 49_000)), Valid, 29 * time.Second},
		{"31 s at once", sendsAt(steady, within(20_000, 51_000)), Violated, 31 * time.Second},
		{"31 s from 4 s after the fault", sendsAt(steady, within(24_000, 51_000)), Violated, 31 * time.Second},
		{"29 s from 10 s after the fault", sendsAt(steady, within(30_000, 59_000)), Valid, 29 * time.Second},
		{"31 s from 10 s after the fault", sendsAt(steady, within(30_000, 61_000)), Violated, 31 * time.Second},
		{"a second outage later in the fault", sendsAt(steady, func(ms int) bool { return within(20_000, 25_000)(ms) || within(50_000, 82_000)(ms) }), Violated, 32 * time.Second},
		{"half a second every second", sendsAt(steady, func(ms int) bool { return within(20_000, 52_000)(ms) && ms%1000 < 500 }), Valid, 0},
		{"3 s every 5 s", sendsAt(steady, func(ms int) bool { return within(20_000, 52_000)(ms) && ms%5000 < 3000 }), Violated, 32 * time.Second},
		{"an outage that began before the fault", sendsAt(steady, within(15_000, 40_000)), Inconclusive, 20 * time.Second},
		{"an outage over before the fault", sendsAt(steady, within(5_000, 15_000)), Inconclusive, 0},
	} {
		claim, s := resumes(t, append(c.sends, fault))
		if got := s.Recoveries[0].Took; claim.Verdict != c.verdict || (got-c.took).Abs() > 150*ms1 {
			t.Errorf("%s: %s after %s, want %s after %s: %s", c.name, claim.Verdict, got, c.verdict, c.took, claim.Why)
		}
	}
}

func TestAtALowRateAPauseIsLonger(t *testing.T) {
	slow := every(0, 120_000, 3000)
	claim, s := resumes(t, append(sendsAt(slow, never), faultAt(30*time.Second, 60*time.Second)))
	if claim.Verdict != Valid || s.Gap < 10*time.Second || s.Gap > 15*time.Second || len(s.Pauses) != 0 {
		t.Errorf("%s, gap %s, pauses %v", claim.Verdict, s.Gap, s.Pauses)
	}
	if _, s := resumes(t, append(sendsAt(every(0, 60_000, 50), never), faultAt(30*time.Second, 40*time.Second))); s.Gap != time.Second {
		t.Errorf("gap %s at a high rate", s.Gap)
	}
}

func TestIdleClientsAreNoPause(t *testing.T) {
	idle := slices.Concat(every(0, 20_000, 50), every(60_000, 90_000, 50))
	if claim, s := resumes(t, append(sendsAt(idle, never), faultAt(20*time.Second, 60*time.Second))); len(s.Pauses) != 0 {
		t.Errorf("%s, pauses %v", claim.Verdict, s.Pauses)
	}
	hanging := sendsAt(idle, never)
	last := hanging[399].(*history.Send) // begins just before the others stop, and is answered with the first after
	last.End = 60 * time.Second
	if claim, s := resumes(t, append(hanging, faultAt(20*time.Second, 60*time.Second))); claim.Verdict != Violated || len(s.Pauses) != 1 {
		t.Errorf("one send hung for 40 s: %s, pauses %v", claim.Verdict, s.Pauses)
	}
}

func TestNoResumptionWithoutSendsBeforeTheFault(t *testing.T) {
	claim, _ := resumes(t, append(sendsAt(every(0, 60_000, 50), within(0, 20_000)), faultAt(10*time.Second, 30*time.Second)))
	if claim.Verdict != Inconclusive {
		t.Errorf("%s: %s", claim.Verdict, claim.Why)
	}
	claim, _ = resumes(t, append(sendsAt(every(0, 60_000, 50), never), faultAt(70*time.Second, 80*time.Second)))
	if claim.Verdict != Inconclusive {
		t.Errorf("sends had ended: %s: %s", claim.Verdict, claim.Why)
	}
}

func TestEachFaultHasItsOwnRecovery(t *testing.T) {
	h := append(sendsAt(every(0, 120_000, 50), func(ms int) bool { return within(20_000, 30_000)(ms) || within(60_000, 75_000)(ms) }),
		faultAt(60*time.Second, 80*time.Second), faultAt(20*time.Second, 40*time.Second))
	_, s := resumes(t, h)
	if len(s.Recoveries) != 2 || (s.Recoveries[0].Took-10*time.Second).Abs() > 100*ms1 || (s.Recoveries[1].Took-15*time.Second).Abs() > 100*ms1 {
		t.Errorf("%+v", s.Recoveries)
	}
}

func TestTimesThatSpreadTooFarAreNoClocks(t *testing.T) {
	defer func(was int) { bounds.Ticks = was }(bounds.Ticks)
	bounds.Ticks = 50
	h := history.Slice{}
	for i := range bounds.Ticks {
		at := time.Duration(i) * 20 * time.Second
		h = append(h, &history.Send{Seq: uint64(i), Topic: "t", Start: at, End: at, Outcome: history.OK, Broker: "b", Offset: int64(i)})
	}
	for _, want := range []Verdict{Valid, Inconclusive} {
		r, err := Judge(h, Options{Claims: named(OffsetMonotone, EnoughTraffic)})
		if err != nil || r.Claims[0].Verdict != want || r.Claims[1].Verdict != want {
			t.Errorf("%d stretches of time: %v\n%s", len(h), err, r.Text())
		}
		n, at := len(h), time.Duration(1)<<62
		h = append(h, &history.Send{Seq: uint64(n), Topic: "t", Start: at, End: at, Outcome: history.OK, Broker: "b", Offset: int64(n)})
	}
}

func TestCountsOfSendsAndSpans(t *testing.T) {
	h := sendsAt(every(0, 10_000, 100), within(2000, 3000))
	for _, r := range h[50:70] {
		s := r.(*history.Send)
		s.Outcome, s.Broker, s.Offset = history.Failed, "", -1
	}
	h = append(h, probesAt(every(0, 10_000, 100), within(4000, 5000))...)
	h = append(h, &history.Span{Name: "quiet", Phase: history.After, Start: 20 * time.Second, End: 30 * time.Second},
		&history.Span{Name: "moment", Phase: history.Before, Start: 500 * ms1, End: 500 * ms1},
		&history.Span{Name: "busy", Phase: history.Before, Start: time.Second, End: 6 * time.Second})
	r, err := Judge(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Availability.Sends; s.Sends != 100 || s.OK != 70 || s.Failed != 20 || s.Unknown != 10 {
		t.Errorf("%+v", s)
	}
	moment, busy, quiet := r.Availability.Spans[0], r.Availability.Spans[1], r.Availability.Spans[2]
	if moment.Sends != 1 || moment.Acks != 1 {
		t.Errorf("%+v", moment)
	}
	want := SpanAvailability{Name: "busy", Phase: "before", Start: time.Second, End: 6 * time.Second, Sends: 50, OK: 30, Ratio: 0.6, Acks: 30, Probes: 50, ProbesOK: 40}
	if busy != want {
		t.Errorf("%+v, want %+v", busy, want)
	}
	if quiet.Sends != 0 || quiet.Ratio != 0 || quiet.Probes != 0 {
		t.Errorf("%+v", quiet)
	}
}
