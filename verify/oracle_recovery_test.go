package verify

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// second is what happened in one second to a queue or to a group.
type secondOracle struct{ acked, good, bad, ended, unnamed, unnamedEnded int }

// seconds counts what was sent to what is meant, and what names no group and may have been meant for it.
func (o *timeOracle) seconds(meant func(*history.Send) bool) map[time.Duration]secondOracle {
	out := map[time.Duration]secondOracle{}
	for _, s := range o.sends {
		from, to := floor(s.Start, time.Second), floor(s.End, time.Second)
		a, b := out[from], out[to]
		switch {
		case s.Broker == "" && s.Outcome != history.OK:
			a.unnamed++
			out[from] = a
			b = out[to]
			b.unnamedEnded++
			out[to] = b
		case meant(s) && s.Outcome == history.OK:
			a.good++
			out[from] = a
			b = out[to]
			b.acked, b.ended = b.acked+1, b.ended+1
			out[to] = b
		case meant(s):
			a.bad++
			out[from] = a
			b = out[to]
			b.ended++
			out[to] = b
		}
	}
	return out
}

// silence is the longest that says nothing of a queue: 2 s, or five times the mean distance of its attempts before the
// first fault, up to 10 s.
func (o *timeOracle) silence(seconds map[time.Duration]secondOracle) time.Duration {
	_, until := o.ends()
	if len(o.faults) > 0 {
		until = o.faults[0].Start
	}
	var own []time.Duration
	n := 0
	for at, s := range seconds {
		if at <= floor(until, time.Second) && s.good+s.bad+s.ended > 0 {
			own = append(own, at)
			n += s.good + s.bad
		}
	}
	if n < 2 {
		return 2 * time.Second
	}
	return min(oracleCap, max(2*time.Second, 5*(slices.Max(own)-slices.Min(own))/time.Duration(n-1)))
}

// sentTo is what the sends to a queue, or to a group, show, second after second.
func (o *timeOracle) sentTo(group string, meant func(*history.Send) bool) watchedOracle {
	seconds := o.seconds(meant)
	gap := o.silence(seconds)
	idle := max(gap, oracleStable)
	w := watchedOracle{group: group, resolution: time.Second}
	w.first, w.end = o.ends()
	from, trying, under, seen := time.Duration(0), false, 0, time.Duration(0)
	finish := func(to time.Duration, open bool) {
		if x := (Outage{Start: from, End: to, Open: open}); trying && to-from > gap {
			w.hard = append(w.hard, x)
			if w.ever {
				w.out = append(w.out, x)
			}
		}
		trying = false
	}
	for i, at := range slices.Sorted(maps.Keys(seconds)) {
		s := seconds[at]
		if i > 0 && under == 0 && at-seen > idle {
			finish(seen, false)
			w.blind = append(w.blind, Outage{Start: seen, End: at})
		}
		serves := s.acked > 0 && s.good >= s.bad
		if serves {
			finish(at, false)
			if !w.ever {
				w.ever, w.served = true, at
			}
		}
		under += s.good + s.bad - s.ended + s.unnamed - s.unnamedEnded
		switch {
		case trying:
		case !serves && s.good+s.bad+s.unnamed > 0:
			trying, from = true, at
		case serves && under > 0:
			trying, from = true, at+time.Second
		}
		seen = at + time.Second
	}
	if under == 0 && w.end-seen > idle {
		finish(seen, false)
		w.blind = append(w.blind, Outage{Start: seen, End: w.end})
	}
	finish(w.end, true)
	return w
}

type placeOracle struct {
	broker string
	queue  int32
}

// aimedAt lists the queues that were sent to, and their groups.
func (o *timeOracle) aimedAt() (queues []placeOracle, groups []string) { return o.places(false) }

// acknowledging lists the queues that acknowledged anything, and their groups.
func (o *timeOracle) acknowledging() (queues []placeOracle, groups []string) { return o.places(true) }

func (o *timeOracle) places(acked bool) (queues []placeOracle, groups []string) {
	for _, s := range o.sends {
		if p := (placeOracle{s.Broker, s.Queue}); (s.Outcome == history.OK || !acked && s.Broker != "") && !slices.Contains(queues, p) {
			queues = append(queues, p)
			groups = append(groups, s.Broker)
		}
	}
	slices.Sort(groups)
	return queues, slices.Compact(groups)
}

// cluster is what all sends show.
func (o *timeOracle) cluster() watchedOracle {
	pauses, early, idle := o.pauses()
	w := watchedOracle{resolution: o.allowed(), weak: o.brownouts(), blind: append(idle, o.late()...), hard: append(early, pauses...), out: pauses}
	w.first, w.end = o.ends()
	for _, s := range o.sends {
		if at := floor(s.End, oracleStep); s.Outcome == history.OK && (!w.ever || at < w.served) {
			w.ever, w.served = true, at
		}
	}
	_, groups := o.aimedAt()
	for _, g := range groups {
		if len(groups) > 1 {
			x := o.sentTo(g, func(s *history.Send) bool { return s.Broker == g })
			w.hard, w.out, w.others = append(w.hard, x.hard...), append(w.out, x.out...), append(w.others, x.blind...)
		}
	}
	w.hard = overlapping(w.hard, 0)
	w.out = overlapping(slices.Concat(w.out, w.weak), 0)
	return w
}

// overlapping joins stretches with less than a distance between them; with no distance those that touch.
func overlapping(l []Outage, distance time.Duration) []Outage {
	l = slices.Clone(l)
	for {
		joined := false
		for i := 0; i < len(l) && !joined; i++ {
			for j := 0; j < len(l) && !joined; j++ {
				a, b := l[i], l[j]
				if i == j || a.Start > b.Start || b.Start-a.End >= max(distance, 1) {
					continue
				}
				last := a
				if b.End > a.End || b.End == a.End && b.Open {
					last = b
				}
				l[i] = Outage{Start: a.Start, End: last.End, Open: last.Open}
				l, joined = slices.Delete(l, j, j+1), true
			}
		}
		if !joined {
			slices.SortFunc(l, func(a, b Outage) int { return cmp.Compare(a.Start, b.Start) })
			return l
		}
	}
}

// recovered is what came out for one service over all faults.
type recovered struct {
	slow, interrupted int64
	longest           time.Duration
	doubt             bool
}

func (o *timeOracle) recover(w watchedOracle, budget time.Duration, from func(*history.Span) time.Duration) (r recovered) {
	faults := slices.Clone(o.faults)
	slices.SortStableFunc(faults, func(a, b *history.Span) int { return cmp.Compare(from(a), from(b)) })
	for i, f := range faults {
		begin, until, back := from(f), w.end, from(f)
		if i+1 < len(faults) {
			until = min(until, from(faults[i+1])-w.resolution)
		}
		took, open, hit := time.Duration(0), false, false
		for _, x := range overlapping(w.out, oracleStable) {
			if x.End <= begin || x.Start >= until {
				continue
			}
			since := begin
			if x.Start >= begin+oracleStable {
				since = x.Start
			}
			took, hit = max(took, x.End-since), true
			if !w.trifle(x, begin) {
				back, open = max(back, x.End), open || x.Open
			}
		}
		r.longest = max(r.longest, took)
		if hit {
			r.interrupted++
		}
		switch sick := o.sick(w, faults, i, from); {
		case hit && took > budget && !sick:
			r.slow++
		case sick || open || o.unclear(w, faults, i, back, from):
			r.doubt = true
		}
	}
	return r
}

// trifle reports whether the run ends in a pause of a second at most of which nobody saw the end, after 5 s of service that was watched
// throughout.
func (w watchedOracle) trifle(x Outage, fault time.Duration) bool {
	return x.Open && w.waiting && x.End-x.Start <= oraclePause && x.Start-fault >= oracleStable && !slices.ContainsFunc(w.blind, func(b Outage) bool {
		return b.Length() > w.bearable && b.End > x.Start-oracleStable && b.Start <= x.Start
	})
}

// sick reports whether there was no service before a fault, or an outage in the stretch before it.
func (o *timeOracle) sick(w watchedOracle, faults []*history.Span, i int, from func(*history.Span) time.Duration) bool {
	f := faults[i]
	sound, start := o.baseline, min(f.Start, from(f))
	if sound >= start {
		sound = longAgo
	}
	for _, e := range faults[:i] {
		sound = max(sound, e.End+oracleStable, from(e)+oracleStable)
	}
	return !w.ever || w.served >= start || slices.ContainsFunc(w.hard, func(x Outage) bool {
		return x.End-x.Start > oraclePause && x.Start < start-w.resolution && x.End > sound && !w.explained(x, f, faults)
	})
}

// explained reports whether another fault acted when an outage began and still did when the fault in question began.
func (w watchedOracle) explained(x Outage, f *history.Span, faults []*history.Span) bool {
	return slices.ContainsFunc(faults, func(g *history.Span) bool {
		return g.Start < f.Start && g.End > f.Start && x.Start >= g.Start-w.resolution
	})
}

// unclear reports whether the rate was bad before a fault, or it was not watched long enough after it, or not at the time.
func (o *timeOracle) unclear(w watchedOracle, faults []*history.Span, i int, back time.Duration, from func(*history.Span) time.Duration) bool {
	f, last := faults[i], i+1 == len(faults)
	begin, before := from(f), f.Start-oracleStable
	unsent := func(x Outage) bool { return x.Start < back+oracleStable && x.End > begin }
	return slices.ContainsFunc(w.others, unsent) || slices.ContainsFunc(w.weak, func(x Outage) bool { return x.Start < before && x.End > before && !w.explained(x, f, faults) }) ||
		w.end <= begin || last && w.end < back+oracleStable-w.resolution ||
		slices.ContainsFunc(w.blind, func(x Outage) bool { return x.Length() > w.bearable && unsent(x) })
}
