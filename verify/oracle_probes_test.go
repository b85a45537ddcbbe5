package verify

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// probed is what the probes of a group show.
func (o *timeOracle) probed(group string) watchedOracle {
	l := o.probes[group]
	w := watchedOracle{group: group, first: l[0].Start, resolution: medianApart(l)}
	for i, p := range l {
		w.end = max(w.end, p.End)
		if p.Outcome == history.OK && !w.ever {
			w.ever, w.served = true, p.Start
		}
		inside := slices.ContainsFunc(w.out, func(x Outage) bool { return p.Start < x.End || x.Open })
		if p.Outcome == history.OK || inside {
			continue
		}
		x := Outage{Start: p.Start, Open: true}
		w.waiting = !slices.ContainsFunc(l[i:], func(q *history.Probe) bool { return q.End < l[len(l)-1].Start })
		for _, q := range l[i:] {
			x.End = max(x.End, q.End)
		}
		for _, q := range l[i+1:] {
			if back := max(q.Start, q.End-w.resolution); q.Outcome == history.OK && (x.Open || back < x.End) {
				x.End, x.Open = back, false
			}
		}
		w.out = append(w.out, x)
	}
	w.bearable, w.blind = max(oraclePause, 10*w.resolution), o.unprobed(l, w.resolution)
	w.out = w.seen()
	w.hard = w.out
	return w
}

// seen gives the outages without what was not watched for long: that is nobody's outage.
func (w watchedOracle) seen() (out []Outage) {
	for _, x := range w.out {
		parts := []Outage{x}
		for _, b := range w.blind {
			var rest []Outage
			for _, p := range parts {
				switch {
				case b.Length() <= w.bearable || b.End <= p.Start || b.Start >= p.End:
					rest = append(rest, p)
					continue
				case p.Start < b.Start:
					rest = append(rest, Outage{Start: p.Start, End: b.Start})
				}
				if b.End < p.End {
					rest = append(rest, Outage{Start: b.End, End: p.End, Open: p.Open})
				}
			}
			parts = rest
		}
		out = append(out, parts...)
	}
	return out
}

func medianApart(l []*history.Probe) time.Duration {
	var d []time.Duration
	for i := 1; i < len(l); i++ {
		d = append(d, l[i].Start-l[i-1].Start)
	}
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2]
}

// unprobed lists the stretches without a probe: what is between two that are farther apart than 1 s and ten intervals,
// and the ticks that were skipped.
func (o *timeOracle) unprobed(l []*history.Probe, interval time.Duration) (out []Outage) {
	for i, p := range l {
		reached := l[0].End
		for _, q := range l[:i] {
			reached = max(reached, q.End)
		}
		from := max(reached, p.Start-time.Duration(p.Skipped)*interval)
		if p.Start-reached > max(oraclePause, 10*interval) {
			from = reached
		}
		if from < p.Start {
			out = append(out, Outage{Start: from, End: p.Start})
		}
	}
	return out
}
