package availability

import (
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// Options say what counts as stable.
type Options struct {
	StableGap time.Duration // the longest pause between acknowledgements, or probes, within a stable stretch
	StableFor time.Duration // how long a stretch must hold to be stable
}

// Report works out what the probes and sends show. Counted are the sends by their outcome.
func (t *Times) Report(o Options, counted Sends) Report {
	a := Report{Groups: []Group{}, Spans: []Span{}}
	for _, name := range slices.Sorted(maps.Keys(t.probes)) {
		a.Groups = append(a.Groups, t.group(name, o))
	}
	a.Sends = t.sends(o, counted)
	a.Latency = Latency{Intended: quantiles(t.intended), Actual: quantiles(t.actual)}
	for _, s := range t.Spans() {
		x := t.Between(s.Start, s.End)
		x.Name, x.Phase, x.Target, x.Confirmed = s.Name, string(s.Phase), s.Target, s.Confirmed
		a.Spans = append(a.Spans, x)
	}
	return a
}

func quantiles(h *hdrhistogram.Histogram) Quantiles {
	at := func(p float64) time.Duration { return time.Duration(h.ValueAtQuantile(p)) }
	return Quantiles{Count: h.TotalCount(), P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), P9999: at(99.99), Max: time.Duration(h.Max())}
}

func (t *Times) sends(o Options, s Sends) Sends {
	s.Pauses, s.Gap = []Outage{}, t.gap(o)
	for _, p := range t.pauses(s.Gap) {
		s.Pauses = append(s.Pauses, p)
		s.Longest = max(s.Longest, p.Length())
	}
	s.Recoveries = t.recoveries(watch{s.Pauses, t.lastEnd, s.Gap}, o)
	return s
}

// Between counts what happened from start to end, to the step.
func (t *Times) Between(start, end time.Duration) Span {
	s := Span{Start: start, End: end}
	for _, k := range t.ticksIn(start, end) {
		s.Acks += int64(k.acks)
		s.OK += int64(k.ok)
		s.Sends += int64(k.ok) + int64(k.bad)
	}
	if s.Sends > 0 {
		s.Ratio = float64(s.OK) / float64(s.Sends)
	}
	for _, l := range t.probes {
		for _, p := range l {
			if p.start >= start && p.start < end {
				s.Probes++
				if p.ok {
					s.ProbesOK++
				}
			}
		}
	}
	return s
}

// ticksIn lists the ticks in which anything happened from start to end.
func (t *Times) ticksIn(start, end time.Duration) (out []tick) {
	from, to := stepOf(start), max(stepOf(end), stepOf(start)+1)
	for no, p := range t.ticks.All() {
		base := no << sets.PageShift
		if base >= to || base+sets.PageBits <= from {
			continue
		}
		for i, k := range p {
			if n := base + uint64(i); n >= from && n < to && k != (tick{}) {
				out = append(out, k)
			}
		}
	}
	return out
}

// gap is the longest time between two acknowledgements that is no pause: StableGap, or at a low rate five
// times the mean distance of the acknowledgements before the first fault.
func (t *Times) gap(o Options) time.Duration {
	faults := t.Faults()
	if len(faults) == 0 {
		return o.StableGap
	}
	var first, last time.Duration
	n := int64(0)
	for _, k := range t.pulses() {
		if k.acks > 0 && k.at < faults[0].Start {
			if n == 0 {
				first = k.at
			}
			last, n = k.at, n+int64(k.acks)
		}
	}
	if n < 2 {
		return o.StableGap
	}
	return max(o.StableGap, 5*(last-first)/time.Duration(n-1))
}

// pulse is a step in which anything happened.
type pulse struct {
	at time.Duration
	tick
}

// pulses lists every step in which anything happened.
func (t *Times) pulses() (out []pulse) {
	for no, p := range t.ticks.All() {
		for i, k := range p {
			if k != (tick{}) {
				out = append(out, pulse{timeOf(no<<sets.PageShift + uint64(i)), k})
			}
		}
	}
	return out
}

// timeOf is the beginning of a step.
func timeOf(step uint64) time.Duration { return time.Duration(int64(step-1<<63)) * tickLength }

// pauses lists the stretches longer than gap in which sends were tried and none was acknowledged. A send was
// tried if it began in the pause, or was under way when the pause began.
func (t *Times) pauses(gap time.Duration) (out []Outage) {
	var last time.Duration // the latest acknowledgement
	acked, tried, running := false, false, int64(0)
	for _, k := range t.pulses() {
		if k.acks > 0 {
			if acked && tried && k.at-last > gap {
				out = append(out, Outage{Start: last, End: k.at})
			}
			acked, last = true, k.at
		}
		running += int64(k.ok) + int64(k.bad) - int64(k.acks) - int64(k.over)
		tried = running > 0 || k.acks == 0 // a step without an acknowledgement has a send that began, or ended without one
	}
	if acked && tried && t.lastEnd-last > gap {
		out = append(out, Outage{Start: last, End: t.lastEnd, Open: true})
	}
	return out
}
