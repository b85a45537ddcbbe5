package availability

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// probes are those of one broker group, by their start.
type probes struct {
	list     []probe
	ok       []int64 // of the first n: how many were successes
	interval time.Duration
}

// sorted gives each group's probes in order.
func (t *Times) sorted() map[string]*probes {
	out := map[string]*probes{}
	for name, l := range t.probes {
		p := &probes{list: slices.Clone(l), ok: make([]int64, len(l)+1)}
		slices.SortFunc(p.list, func(a, b probe) int {
			return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
		})
		for i, x := range p.list {
			p.ok[i+1] = p.ok[i]
			if x.ok {
				p.ok[i+1]++
			}
		}
		p.interval = interval(p.list)
		out[name] = p
	}
	return out
}

// within counts the probes, and the successes among them, that began from start to end.
func (p *probes) within(start, end time.Duration) (n, ok int64) {
	from := sort.Search(len(p.list), func(i int) bool { return p.list[i].start >= start })
	to := max(from, sort.Search(len(p.list), func(i int) bool { return p.list[i].start >= end }))
	return int64(to - from), p.ok[to] - p.ok[from]
}

// group works out one broker group's outages from its probes.
func (p *probes) group(name string, o Options) Group {
	l := p.list
	g := Group{Group: name, Probes: int64(len(l)), OK: p.ok[len(l)], Interval: p.interval, Outages: []Outage{}}
	g.Outages = append(g.Outages, without(outages(l, g.Interval), p.dark(o))...)
	for _, x := range g.Outages {
		g.Down += x.Length()
		g.Longest = max(g.Longest, x.Length())
	}
	g.Observed = max(0, lastEnd(l)-l[0].start)
	for _, b := range p.blind(o) {
		g.Unobserved += b.Length()
	}
	if g.Observed > 0 {
		g.Availability = max(0, 1-float64(g.Down)/float64(g.Observed))
	}
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
		x := Outage{Start: l[i].start, Open: true}
		for j := i + 1; j < len(l) && (x.Open || l[j].start < x.End); j++ {
			if served := max(l[j].start, l[j].end-interval); l[j].ok && (x.Open || served < x.End) {
				x.End, x.Open = served, false
			}
		}
		if x.Open {
			x.End, x.unseen = lastEnd(l[i:]), underWay(l[i:])
		}
		out = append(out, x)
		for i+1 < len(l) && (x.Open || l[i+1].start < x.End) {
			i++
		}
	}
	return out
}

// underWay reports whether none of the probes had ended when the last began.
func underWay(l []probe) bool {
	return !slices.ContainsFunc(l, func(p probe) bool { return p.end < l[len(l)-1].start })
}

// blind lists the stretches without a probe: those between two that are too long, and the ticks that were skipped.
func (p *probes) blind(o Options) (out []Outage) {
	gap, reached := max(o.StableGap, 10*p.interval), p.list[0].end
	for _, x := range p.list {
		skipped := x.start - min(time.Duration(x.skipped), farthest/max(1, p.interval))*p.interval
		switch {
		case x.start-reached > gap:
			out = append(out, Outage{Start: reached, End: x.start})
		case max(skipped, reached) < x.start:
			out = append(out, Outage{Start: max(skipped, reached), End: x.start})
		}
		reached = max(reached, x.end)
	}
	return out
}

// dark lists those that are long enough to hide an interruption.
func (p *probes) dark(o Options) []Outage {
	return slices.DeleteFunc(p.blind(o), func(b Outage) bool { return b.Length() <= max(o.StableGap, 10*p.interval) })
}

// without takes the dark out of outages: what nobody saw is nobody's outage. Both lists are by their start and disjoint.
func without(l, dark []Outage) (out []Outage) {
	for _, x := range l {
		for len(dark) > 0 && dark[0].Start < x.End {
			if d := dark[0]; d.End > x.Start {
				if d.Start > x.Start {
					out = append(out, Outage{Start: x.Start, End: d.Start})
				}
				x.Start = min(d.End, x.End)
			}
			if dark[0].End > x.End {
				break
			}
			dark = dark[1:]
		}
		if x.Start < x.End || x.Open {
			out = append(out, x)
		}
	}
	return out
}

// watch is what the probes show.
func (p *probes) watch(name string, g Group, o Options) Watch {
	w := Watch{Who: "group " + name, Did: "probed", Interruptions: g.Outages, Hard: g.Outages, Unwatched: p.blind(o), Blind: p.dark(o), Start: p.list[0].start, End: lastEnd(p.list), Resolution: p.interval}
	if i := slices.IndexFunc(p.list, func(x probe) bool { return x.ok }); i >= 0 {
		w.Served, w.FirstServed = true, p.list[i].start
	}
	return w
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
