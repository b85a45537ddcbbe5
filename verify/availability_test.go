package verify

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
)

// service is a broker group that is away at known times: it refuses at once, or holds requests until it is back.
type service struct {
	away  []Outage
	holds bool
}

// probe is what a probe with a deadline sees that begins at a time. A healthy answer takes lag.
func (s service) probe(at, deadline, lag time.Duration) (end time.Duration, o history.Outcome) {
	for _, a := range s.away {
		if at+lag <= a.Start || at >= a.End {
			continue
		}
		if s.holds && a.End-at+lag <= deadline {
			return a.End + lag, history.OK
		}
		if s.holds {
			return at + deadline, history.Unknown
		}
		return at + lag, history.Failed
	}
	return at + lag, history.OK
}

// TestOutagesAreKnownToOneInterval generates outages and compares what the judge makes of the probes.
func TestOutagesAreKnownToOneInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		interval := time.Duration(rapid.IntRange(5, 100).Draw(t, "interval")) * ms1
		deadline := interval + time.Duration(rapid.IntRange(0, 400).Draw(t, "deadline"))*ms1
		lag := time.Duration(rapid.Int64Range(1, int64(interval/2)).Draw(t, "lag"))
		s := service{holds: rapid.Bool().Draw(t, "holds")}
		at := 10 * interval
		for range rapid.IntRange(0, 4).Draw(t, "outages") {
			at += time.Duration(rapid.Int64Range(int64(4*interval+deadline), int64(time.Minute)).Draw(t, "up"))
			length := time.Duration(rapid.Int64Range(int64(deadline+2*interval), int64(30*time.Second)).Draw(t, "down"))
			s.away = append(s.away, Outage{Start: at, End: at + length})
			at += length
		}
		end := at + 10*interval + deadline
		h := history.Slice{}
		for n := range int64(end / interval) {
			start := time.Duration(n) * interval
			done, outcome := s.probe(start, deadline, lag)
			h = append(h, &history.Probe{Broker: "b", Start: start, End: done, Outcome: outcome})
		}
		slices.SortStableFunc(h, func(a, b history.Record) int { return int(a.(*history.Probe).End - b.(*history.Probe).End) })
		checkOutages(t, h, s.away, interval)
	})
}

func checkOutages(t *rapid.T, h history.Slice, want []Outage, interval time.Duration) {
	r, err := Judge(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := r.Availability.Groups[0]
	if g.Interval != interval || len(g.Outages) != len(want) {
		t.Fatalf("interval %s, outages %v; want %s, %v", g.Interval, g.Outages, interval, want)
	}
	down := time.Duration(0)
	for i, w := range want {
		down += w.Length()
		if got := g.Outages[i]; (got.Start-w.Start).Abs() > interval || (got.End-w.End).Abs() > interval || got.Open {
			t.Fatalf("outage %v is seen as %v, interval %s", w, got, interval)
		}
	}
	if off := (g.Down - down).Abs(); off > time.Duration(2*len(want))*interval {
		t.Fatalf("down for %s, seen as %s", down, g.Down)
	}
}

func TestLatencyIsKeptFromBothTimes(t *testing.T) {
	h := history.Slice{}
	for i := range 10000 {
		at := time.Duration(i) * ms1
		h = append(h, &history.Send{Seq: uint64(i), Topic: "t", Broker: "b", Offset: int64(i), Intended: at - time.Duration(i)*time.Microsecond,
			Start: at, End: at + 5*ms1, Outcome: history.OK})
	}
	r, err := Judge(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := r.Availability.Latency
	near := func(got, want time.Duration) bool { return (got - want).Abs() <= want/1000+time.Microsecond }
	if l.Actual.Count != 10000 || !near(l.Actual.P50, 5*ms1) || !near(l.Actual.Max, 5*ms1) {
		t.Errorf("from the start: %+v", l.Actual)
	}
	if !near(l.Intended.P50, 10*ms1) || !near(l.Intended.P99, 14900*time.Microsecond) || !near(l.Intended.P9999, 14999*time.Microsecond) {
		t.Errorf("from the intended time: %+v", l.Intended)
	}
}

// TestClientsSlownessIsNotTheClusters has a cluster that is back after 2 s and clients that come back after 12 s.
func TestClientsSlownessIsNotTheClusters(t *testing.T) {
	h := history.Slice{&history.Span{Name: "kill", Phase: history.Fault, Start: 20 * time.Second, End: 40 * time.Second, Confirmed: true}}
	seq := uint64(0)
	for at := time.Duration(0); at < time.Minute; at += 20 * ms1 {
		p := &history.Probe{Broker: "b", Start: at, End: at + ms1, Outcome: history.OK}
		if at >= 20*time.Second && at < 22*time.Second {
			p.Outcome = history.Unknown
		}
		s := &history.Send{Seq: seq, Topic: "t", Broker: "b", Offset: int64(seq), Intended: at, Start: at, End: at + ms1, Outcome: history.OK}
		if at >= 20*time.Second && at < 32*time.Second {
			s.Outcome, s.End, s.Broker, s.Offset = history.Unknown, at+3*time.Second, "", -1
		}
		seq++
		h = append(h, p, s)
	}
	r, err := Judge(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if g := r.Availability.Groups[0].Recoveries[0]; !g.Interrupted || !g.Recovered || (g.Took-2*time.Second).Abs() > 20*ms1 {
		t.Errorf("the group's recovery: %+v", g)
	}
	if s := r.Availability.Sends.Recoveries[0]; !s.Interrupted || !s.Recovered || (s.Took-12*time.Second).Abs() > 20*ms1 {
		t.Errorf("the sends' recovery: %+v", s)
	}
	if s := r.Availability.Spans[0]; s.Sends != 1000 || s.OK != 400 || s.Ratio != 0.4 || s.Acks != 400 || s.ProbesOK != 900 {
		t.Errorf("the span: %+v", s)
	}
}
