package availability

import "time"

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

// brownouts lists the stretches in which less than half of what was due was acknowledged. They are seen in windows that
// hold some ten sends, and are longer than one window.
func (t *Times) brownouts(gap time.Duration) (out []Outage) {
	faults := t.Faults()
	before := t.lastEnd
	if len(faults) > 0 {
		before = faults[0].Start
	}
	window := min(max(gap, 10*t.distance(before)), max(longestGap, gap))
	asked, acked := map[int64]int64{}, map[int64]int64{}
	last := int64(-1 << 62)
	first := int64(1 << 62)
	for _, k := range t.pulses() {
		n := int64(k.at / window)
		asked[n] += int64(k.asked)
		acked[n] += int64(k.acks)
		first, last = min(first, n), max(last, n)
	}
	for n := first; n <= last; n++ {
		if asked[n] < 3 || 2*acked[n] >= asked[n] {
			continue
		}
		x := Outage{Start: time.Duration(n) * window, End: time.Duration(n+1) * window}
		if l := len(out) - 1; l >= 0 && out[l].End == x.Start {
			out[l].End = x.End
			continue
		}
		out = append(out, x)
	}
	return t.longBrownouts(out, window)
}

// longBrownouts leaves out those of one window, and marks the one that reaches to the end of the sends.
func (t *Times) longBrownouts(l []Outage, window time.Duration) (out []Outage) {
	for _, x := range l {
		if x.Length() <= window {
			continue
		}
		if x.End >= t.lastEnd {
			x.End, x.Open = t.lastEnd, true
		}
		out = append(out, x)
	}
	return out
}
