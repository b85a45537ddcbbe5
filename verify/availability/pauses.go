package availability

import (
	"maps"
	"slices"
	"time"
)

// pauser finds pauses while it goes through the steps of a run.
type pauser struct {
	gap, idle time.Duration
	pauses    []Outage
	warming   []Outage // those before the first acknowledgement
	blind     []Outage
	acked     bool          // something was acknowledged before
	trying    bool          // something was tried since, or was under way then
	from      time.Duration // since when
	running   int64
	seen      time.Duration // the end of the latest step
	began     bool
}

// pauses lists the stretches longer than gap in which sends were tried and none was acknowledged: from the first that
// was tried, or from the acknowledgement before where one was under way then. Time in which nothing was tried is
// nobody's outage: what is longer than gap and than idle is listed apart.
func (t *Times) pauses(gap, idle time.Duration) *pauser {
	p := &pauser{gap: gap, idle: max(gap, idle)}
	for _, k := range t.pulses() {
		p.rest(k.at)
		p.take(k)
	}
	p.close(t.lastEnd, true)
	return p
}

// rest ends what was tried where nothing was for long.
func (p *pauser) rest(until time.Duration) {
	if p.began && p.running == 0 && until-p.seen > p.idle {
		p.close(p.seen, false)
		p.trying = false
		p.blind = append(p.blind, Outage{Start: p.seen, End: until})
	}
}

func (p *pauser) take(k pulse) {
	if k.acks > 0 {
		p.close(k.at, false)
		p.acked, p.trying = true, false
	}
	p.running += int64(k.ok) + int64(k.bad) - int64(k.acks) - int64(k.over)
	if !p.trying && (p.running > 0 || k.acks == 0 && k.ok+k.bad > 0) {
		p.trying, p.from = true, k.at
	}
	p.seen, p.began = k.at, true
}

func (p *pauser) close(at time.Duration, open bool) {
	if !p.trying || at-p.from <= p.gap {
		return
	}
	x := Outage{Start: p.from, End: at, Open: open}
	if p.acked {
		p.pauses = append(p.pauses, x)
	} else {
		p.warming = append(p.warming, x)
	}
}

// rates is what was due and what was acknowledged in one window.
type rates struct {
	asked, acked int64
	failing      bool // an attempt began or ended in vain
	first, last  time.Duration
}

func (r *rates) take(k pulse) {
	r.asked += int64(k.asked)
	r.acked += int64(k.acks)
	if k.bad+k.over == 0 {
		return
	}
	if !r.failing {
		r.failing, r.first = true, k.at
	}
	r.last = k.at
}

func (r *rates) weak() bool { return r != nil && r.asked >= 3 && 2*r.acked < r.asked }

// brownouts lists the stretches in which less than half of what was due was acknowledged. They are seen in windows that
// hold some ten sends, and are longer than one window. One lasts from the first attempt in vain to the last.
func (t *Times) brownouts(gap time.Duration) (out []Outage) {
	before := t.lastEnd
	if faults := t.Faults(); len(faults) > 0 {
		before = faults[0].Start
	}
	window := min(max(gap, 10*t.distance(before)), max(longestGap, gap))
	windows := map[int64]*rates{}
	for _, k := range t.pulses() {
		n := int64(k.at / window)
		if windows[n] == nil {
			windows[n] = &rates{}
		}
		windows[n].take(k)
	}
	for _, n := range slices.Sorted(maps.Keys(windows)) {
		if !windows[n].weak() || windows[n-1].weak() {
			continue
		}
		last := n
		for windows[last+1].weak() {
			last++
		}
		if last > n {
			out = append(out, t.brownout(windows[n], windows[last], Outage{Start: time.Duration(n) * window, End: time.Duration(last+1) * window}))
		}
	}
	return out
}

// brownout is one from its first window to its last, as exactly as attempts in vain tell. It is open where the sends end in it.
func (t *Times) brownout(first, last *rates, x Outage) Outage {
	if first.failing {
		x.Start = first.first
	}
	switch {
	case x.End >= t.lastEnd:
		x.End, x.Open = t.lastEnd, true
	case last.failing:
		x.End = last.last
	}
	return x
}
