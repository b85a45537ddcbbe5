package availability

import (
	"cmp"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// group works out one broker group's outages from its probes.
func (t *Times) group(name string, o Options) Group {
	l := slices.Clone(t.probes[name])
	slices.SortFunc(l, func(a, b probe) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	g := Group{Group: name, Probes: int64(len(l)), Interval: interval(l), Outages: []Outage{}}
	for _, p := range l {
		if p.ok {
			g.OK++
		}
	}
	g.Outages = append(g.Outages, outages(l, g.Interval)...)
	for _, x := range g.Outages {
		g.Down += x.Length()
		g.Longest = max(g.Longest, x.Length())
	}
	g.Observed, g.Unobserved = observed(l, max(o.StableGap, 10*g.Interval))
	if g.Observed > 0 {
		g.Availability = max(0, 1-float64(g.Down)/float64(g.Observed))
	}
	g.Recoveries = t.recoveries(watch{g.Outages, lastEnd(l), g.Interval}, o)
	return g
}

func lastEnd(l []probe) (end time.Duration) {
	for _, p := range l {
		end = max(end, p.end)
	}
	return end
}

// interval is the median distance of the probes' starts.
func interval(l []probe) time.Duration {
	if len(l) < 2 {
		return 0
	}
	d := make([]time.Duration, len(l)-1)
	for i := range d {
		d[i] = l[i+1].start - l[i].start
	}
	slices.Sort(d)
	return d[len(d)/2]
}

// outages lists the stretches without service. One begins when the first probe that got no success began.
// It ends with the first success: when that began, or where it was waiting for service, one interval before it
// ended. Either way both ends are known to one interval.
func outages(l []probe, interval time.Duration) (out []Outage) {
	for i := 0; i < len(l); i++ {
		if l[i].ok {
			continue
		}
		x := Outage{Start: l[i].start, End: lastEnd(l[i:]), Open: true}
		for j := i + 1; j < len(l) && (x.Open || l[j].start < x.End); j++ {
			if served := max(l[j].start, l[j].end-interval); l[j].ok && (x.Open || served < x.End) {
				x.End, x.Open = served, false
			}
		}
		out = append(out, x)
		for i+1 < len(l) && (x.Open || l[i+1].start < x.End) {
			i++
		}
	}
	return out
}

// observed is the time from the first probe to the last, and how much of it had no probe.
func observed(l []probe, gap time.Duration) (all, blind time.Duration) {
	if len(l) == 0 {
		return 0, 0
	}
	reached := l[0].end
	for _, p := range l {
		if p.start-reached > gap {
			blind += p.start - reached
		}
		reached = max(reached, p.end)
	}
	return reached - l[0].start, blind
}

// watch is what was seen of a service: its interruptions, until when it was watched, and to what resolution.
type watch struct {
	interruptions []Outage
	end           time.Duration
	resolution    time.Duration
}

// recoveries tells for each fault how long service took to be stable again. What counts is the longest
// interruption that began before the next fault. It is counted from the fault's start where it began within
// StableFor of that, else from its own start, so that a fault that bites late is not booked as a slow recovery.
func (t *Times) recoveries(w watch, o Options) []Recovery {
	out := []Recovery{}
	faults := t.Faults()
	for i, f := range faults {
		until := w.end
		if i+1 < len(faults) {
			until = min(until, faults[i+1].Start-w.resolution)
		}
		r := Recovery{Fault: f.Name, Target: f.Target, Start: f.Start, Recovered: true}
		for _, x := range chains(w.interruptions, o.StableFor) {
			if x.End > f.Start && x.Start < until {
				r.add(x, o.StableFor)
			}
		}
		out = append(out, r)
	}
	return out
}

// add takes one interruption after the fault's start.
func (r *Recovery) add(x Outage, stable time.Duration) {
	from := x.Start
	if from < r.Start+stable {
		from = r.Start
	}
	r.Took = max(r.Took, x.End-from)
	r.Interrupted = true
	r.Recovered = r.Recovered && !x.Open
}

// chains joins interruptions with too little between them to call it stable.
func chains(l []Outage, stable time.Duration) (out []Outage) {
	for _, x := range l {
		if n := len(out) - 1; n >= 0 && x.Start-out[n].End < stable {
			out[n].End, out[n].Open = max(out[n].End, x.End), x.Open
			continue
		}
		out = append(out, x)
	}
	return out
}

// Faults lists the spans in which a fault was on, by their start.
func (t *Times) Faults() (out []history.Span) {
	for _, s := range t.Spans() {
		if s.Phase == history.Fault {
			out = append(out, s)
		}
	}
	return out
}

// Spans lists all spans by their start.
func (t *Times) Spans() []history.Span {
	l := slices.Clone(t.spans)
	slices.SortStableFunc(l, func(a, b history.Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Target, b.Target))
	})
	return l
}
