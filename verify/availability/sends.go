package availability

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// Options say what counts as stable.
type Options struct {
	StableGap time.Duration  // the longest pause between acknowledgements, or probes, within a stable stretch
	StableFor time.Duration  // how long a stretch must hold to be stable
	Sound     *time.Duration // from when on service must be sound before a fault; nil: from the beginning
}

// longestGap caps the pause that is allowed at a low rate.
const longestGap = 10 * time.Second

// Queue is one queue's attempts.
type Queue struct {
	Group  string
	Name   fmt.Stringer // there may be very many, so that it is written when it is asked for
	Series *Series
}

// Watches is all that was watched.
type Watches struct {
	Report Report
	Sends  Watch
	Groups map[string]Watch // by their probes
	Queues iter.Seq[Watch]  // by the sends to each, worked out when they are asked for

	NeverServed string // stands where a broker group was sent to and served in no second
}

// Report works out what the probes and sends show. Counted are the sends by their outcome.
func (t *Times) Report(o Options, counted Sends, queues []Queue) Watches {
	probed, faults := t.sorted(), Injected(t.Faults())
	judged := o
	judged.Sound = t.Sound() // as the claims count: traffic that gets warm is no sickness
	w := Watches{Report: Report{Unit: "ns", Groups: []Group{}, Spans: []Span{}}, Groups: map[string]Watch{}}
	for _, name := range slices.Sorted(maps.Keys(probed)) {
		g := probed[name].group(name, o)
		w.Groups[name] = probed[name].watch(name, g, o)
		g.Recoveries = w.Groups[name].Recoveries(faults, judged)
		w.Report.Groups = append(w.Report.Groups, g)
	}
	w.Report.Sends = t.sends(o, counted)
	w.Queues = t.watchQueues(queues, o)
	groups := slices.Collect(t.watchQueues(byGroup(queues), o))
	for _, g := range groups {
		if !g.Served && w.NeverServed == "" {
			w.NeverServed = fmt.Sprintf("broker %s was sent to and served in no second", g.Who)
		}
	}
	w.Sends = t.watchSends(w.Report.Sends, groups, o)
	w.Report.Sends.Recoveries = w.Sends.Recoveries(faults, judged)
	w.Report.Latency = Latency{Intended: quantiles(t.intended), Actual: quantiles(t.actual)}
	for _, s := range t.Spans() {
		x := t.between(s.Start, s.End, probed)
		x.Name, x.Phase, x.Target, x.Confirmed = s.Name, string(s.Phase), s.Target, s.Confirmed
		w.Report.Spans = append(w.Report.Spans, x)
	}
	return w
}

func quantiles(h *hdrhistogram.Histogram) Quantiles {
	at := func(p float64) time.Duration { return time.Duration(h.ValueAtQuantile(p)) }
	return Quantiles{Count: h.TotalCount(), P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), P9999: at(99.99), Max: time.Duration(h.Max())}
}

func (t *Times) sends(o Options, s Sends) Sends {
	s.Pauses, s.Gap = []Outage{}, t.gap(o)
	for _, p := range t.pauses(s.Gap, o.StableFor).pauses {
		s.Pauses = append(s.Pauses, p)
		s.Longest = max(s.Longest, p.Length())
	}
	return s
}

// watchSends joins the cluster's pauses with its stretches of bad service and, where there is more than one broker
// group, with the silence of each.
func (t *Times) watchSends(s Sends, groups []Watch, o Options) Watch {
	p, brown := t.pauses(s.Gap, o.StableFor), t.brownouts(s.Gap)
	out, hard := [][]Outage{s.Pauses, brown}, [][]Outage{s.Pauses, p.warming}
	if len(groups) > 1 {
		for _, g := range groups {
			out, hard = append(out, g.Interruptions), append(hard, g.Hard)
		}
	}
	blind := union(p.blind, t.late)
	w := Watch{Who: "the cluster", Did: "sent to", Interruptions: union(out...), Hard: append([]Outage{}, union(hard...)...), Shaky: brown, Blind: blind, Unwatched: blind, Start: t.first, End: t.lastEnd, Resolution: s.Gap}
	for _, k := range t.pulses() {
		if k.acks > 0 {
			w.Served, w.FirstServed = true, k.at
			break
		}
	}
	if len(groups) > 1 {
		w.Parts = groups
	}
	return w
}

// between counts what happened from start to end, to the step.
func (t *Times) between(start, end time.Duration, probed map[string]*probes) Span {
	s := Span{Start: start, End: end}
	for _, k := range t.ticksIn(start, end) {
		s.Acks += int64(k.acks)
		s.OK += int64(k.ok)
		s.Sends += int64(k.ok) + int64(k.bad)
	}
	if s.Sends > 0 {
		s.Ratio = float64(s.OK) / float64(s.Sends)
	}
	for _, p := range probed {
		n, ok := p.within(start, end)
		s.Probes, s.ProbesOK = s.Probes+n, s.ProbesOK+ok
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
// times the mean distance of the sends that were due before the first fault, up to a cap.
func (t *Times) gap(o Options) time.Duration {
	faults := t.Faults()
	if len(faults) == 0 {
		return o.StableGap
	}
	return min(max(o.StableGap, 5*t.distance(faults[0].Start)), max(longestGap, o.StableGap))
}

// distance is the mean distance of the sends that were due before a time, 0 where there were fewer than two.
func (t *Times) distance(before time.Duration) time.Duration {
	var first, last time.Duration
	n := int64(0)
	for _, k := range t.pulses() {
		if k.asked > 0 && k.at < before {
			if n == 0 {
				first = k.at
			}
			last, n = k.at, n+int64(k.asked)
		}
	}
	if n < 2 {
		return 0
	}
	return (last - first) / time.Duration(n-1)
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
