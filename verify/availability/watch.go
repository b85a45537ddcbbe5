package availability

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// Watch is what was seen of one service: that of a broker group by its probes, that of a queue or of the whole cluster
// by the sends.
type Watch struct {
	Who           string   // such as "group east"
	Group         string   // broker group, empty for the whole cluster
	Did           string   // how it was watched: "probed", "sent to"
	Interruptions []Outage // by their start
	Hard          []Outage // those without any service, and those before the first: they make a baseline sick
	Shaky         []Outage // stretches of bad service that make a baseline doubtful
	Blind         []Outage // stretches in which nothing was tried, long enough to hide an interruption
	Unwatched     []Outage // the same, with those that are shorter
	Parts         []Watch  // each of which must be watched as well: the broker groups of a cluster
	Start, End    time.Duration
	Resolution    time.Duration // of the ends of interruptions
	Served        bool          // it served at all
	FirstServed   time.Duration
}

// Dark joins all in which the service was out with all in which it was not watched, from one time to another: that is how
// long it may have been out. What is missing at either end counts where it is longer than a pause may be.
func (w Watch) Dark(from, to, pause time.Duration) []Outage {
	l := slices.Concat(w.Interruptions, w.Unwatched)
	if w.Start-from > pause {
		l = append(l, Outage{Start: from, End: w.Start})
	}
	if to-w.End > pause {
		l = append(l, Outage{Start: w.End, End: to})
	}
	return union(l)
}

// Fault is what recovery is counted from.
type Fault struct {
	history.Span
	From time.Duration // when recovery begins to count
}

// Injected counts recovery from the moment at which each fault was done, its span's start where that is unknown.
func Injected(spans []history.Span) []Fault {
	return counted(spans, func(s history.Span) time.Duration { return cmp.Or(s.Injected, s.Start) })
}

// Healed counts recovery from the moment at which each fault was undone, its span's end where that is unknown.
func Healed(spans []history.Span) []Fault {
	return counted(spans, func(s history.Span) time.Duration { return cmp.Or(s.Healed, s.End) })
}

func counted(spans []history.Span, from func(history.Span) time.Duration) []Fault {
	out := make([]Fault, len(spans))
	for i, s := range spans {
		out[i] = Fault{s, from(s)}
	}
	slices.SortStableFunc(out, func(a, b Fault) int { return cmp.Compare(a.From, b.From) })
	return out
}

// Recoveries tells for each fault how long service took to be stable again. What counts is the longest
// interruption that began before the next fault. It is counted from the fault where it began within
// StableFor of that, else from its own start, so that a fault that bites late is not booked as a slow recovery.
func (w Watch) Recoveries(faults []Fault, o Options) []Recovery {
	out := []Recovery{}
	joined := chains(w.Interruptions, o.StableFor)
	for i, f := range faults {
		until := w.End
		if i+1 < len(faults) {
			until = min(until, faults[i+1].From-w.Resolution)
		}
		r := Recovery{Fault: f.Name, Target: f.Target, Start: f.From, Recovered: true}
		back := f.From
		for _, x := range joined {
			if x.End <= f.From || x.Start >= until {
				continue
			}
			r.add(x, o.StableFor)
			if !w.flickers(x, f.From, o) {
				back, r.Recovered = max(back, x.End), r.Recovered && !x.Open
			}
		}
		last := i+1 == len(faults)
		r.Distrust = w.distrust(faults, i, o)
		r.Doubt = cmp.Or(r.Distrust, w.shaken(faults, f, o), w.doubt(f, r, back, last, o))
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
}

// flickers reports whether an interruption that is open at the end takes nothing back: service had been seen stable since
// the fault, nobody saw what became of the last attempts, and they took no longer than a pause that says nothing.
func (w Watch) flickers(x Outage, fault time.Duration, o Options) bool {
	stable := x.Start - o.StableFor
	_, blind := lastWithin(w.Blind, stable, x.Start+1)
	return x.Open && x.unseen && x.Length() <= o.StableGap && stable >= fault && !blind
}

// distrust says why an interruption after the fault cannot be laid at its door: there was no service before it.
func (w Watch) distrust(faults []Fault, i int, o Options) string {
	f := faults[i]
	start := min(f.Span.Start, f.From)
	if !w.Served || w.FirstServed >= start {
		return fmt.Sprintf("%s served nothing before fault %q", w.Who, f.Name)
	}
	under := beneath(faults, f) - w.Resolution
	long := slices.DeleteFunc(slices.Clone(w.Hard), func(x Outage) bool { return x.Length() <= o.StableGap || x.Start >= under })
	if x, sick := lastWithin(long, baseline(faults, i, o), start-w.Resolution); sick {
		return fmt.Sprintf("%s was sick before fault %q: it was out from %s to %s", w.Who, f.Name, at(x.Start), at(x.End))
	}
	return ""
}

// baseline is where the stretch begins in which a fault's service must be sound before it. What comes before the span that
// is named so, such as the first messages of servers that were just started, is no part of it; a span that begins after the fault says
// nothing of what was before.
func baseline(faults []Fault, i int, o Options) time.Duration {
	from := -farthest
	if o.Sound != nil && *o.Sound < min(faults[i].Start, faults[i].From) {
		from = *o.Sound
	}
	for _, f := range faults[:i] {
		from = max(from, f.End+o.StableFor, f.From+o.StableFor)
	}
	return from
}

// beneath tells when the first of those other faults began that acted when this one did. What service does from then on is their
// doing, and no sickness that was there before.
func beneath(faults []Fault, f Fault) time.Duration {
	first := farthest
	for _, g := range faults {
		if g.Span.Start < f.Span.Start && f.Span.Start < g.Span.End {
			first = min(first, g.Span.Start)
		}
	}
	return first
}

// lastWithin gives the last of the stretches that reach between two times.
func lastWithin(l []Outage, from, to time.Duration) (Outage, bool) {
	for _, x := range slices.Backward(l) {
		if x.Start < to && x.End > from && x.Start < x.End {
			return x, true
		}
	}
	return Outage{}, false
}

// shaken says that the rate was bad before a fault, and no other fault's doing.
func (w Watch) shaken(faults []Fault, f Fault, o Options) string {
	from, under := f.Span.Start-o.StableFor, beneath(faults, f)-w.Resolution
	for _, x := range slices.Backward(w.Shaky) {
		if x.Start < from && x.End > from && x.Start < under {
			return fmt.Sprintf("%s was sick before fault %q: less than half was served from %s to %s", w.Who, f.Name, at(x.Start), at(x.End))
		}
	}
	return ""
}

// doubt says why nothing can be said of the service after a fault, although nothing is known against it.
func (w Watch) doubt(f Fault, r Recovery, back time.Duration, last bool, o Options) string {
	switch since := w.End - f.From; {
	case since <= 0:
		return fmt.Sprintf("%s was no longer %s when fault %q began", w.Who, w.Did, f.Name)
	case !r.Recovered:
		return fmt.Sprintf("%s was %s for %s after fault %q began, and was not stable again by then", w.Who, w.Did, short(since), f.Name)
	case last && w.End < back+o.StableFor-w.Resolution:
		return fmt.Sprintf("%s was %s for %s after fault %q, too short to see it stable for %s", w.Who, w.Did, short(since), f.Name, o.StableFor)
	}
	for _, p := range append([]Watch{w}, w.Parts...) {
		if x, blind := lastWithin(p.Blind, f.From, back+o.StableFor); blind {
			return fmt.Sprintf("%s was not %s from %s to %s, after fault %q", p.Who, p.Did, at(x.Start), at(x.End), f.Name)
		}
	}
	return ""
}

func at(t time.Duration) string { return fmt.Sprintf("%.3fs", t.Seconds()) }

func short(d time.Duration) string { return d.Round(time.Millisecond).String() }

// chains joins interruptions with too little between them to call it stable.
func chains(l []Outage, stable time.Duration) (out []Outage) {
	for _, x := range l {
		if n := len(out) - 1; n >= 0 && x.Start-out[n].End < stable {
			out[n].End, out[n].Open = max(out[n].End, x.End), out[n].Open && out[n].End >= x.End || x.Open
			continue
		}
		out = append(out, x)
	}
	return out
}

// union joins stretches of several kinds into disjoint ones, by their start.
func union(lists ...[]Outage) (out []Outage) {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b Outage) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	for _, x := range all {
		if n := len(out) - 1; n >= 0 && x.Start <= out[n].End {
			out[n].Open = out[n].Open && out[n].End >= x.End || x.Open && x.End >= out[n].End
			out[n].End = max(out[n].End, x.End)
			continue
		}
		out = append(out, x)
	}
	return out
}
