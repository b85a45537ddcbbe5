package verify

import (
	"cmp"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// timeOracle judges what claims say of time in the most obvious way: of each moment it asks all records. It shares no code
// with the judge but the names of claims and verdicts, and the type of a stretch of time.
type timeOracle struct {
	sends     []*history.Send // those that are attempts to be served
	probes    map[string][]*history.Probe
	faults    []*history.Span
	baseline  time.Duration // from when on service must be sound
	announced []string      // broker groups
}

const (
	oracleStable = 5 * time.Second
	oraclePause  = time.Second
	oracleCap    = 10 * time.Second
	oracleStep   = 10 * time.Millisecond
	longAgo      = -1000 * time.Hour
)

func newTimeOracle(h history.Slice) *timeOracle {
	o := &timeOracle{probes: map[string][]*history.Probe{}, baseline: longAgo}
	for _, r := range h {
		switch r := r.(type) {
		case *history.Run:
			o.announced = append(o.announced, r.Brokers...)
		case *history.Send:
			if r.Type != history.Refused && r.Type != history.Rollback || r.Outcome == history.OK {
				o.sends = append(o.sends, r)
			}
		case *history.Probe:
			o.probes[r.Broker] = append(o.probes[r.Broker], r)
		case *history.Span:
			if r.Phase == history.Fault {
				o.faults = append(o.faults, r)
			} else if r.Phase == history.Before && o.baseline == longAgo {
				o.baseline = r.Start
			}
		}
	}
	slices.SortFunc(o.faults, func(a, b *history.Span) int { return cmp.Compare(a.Start, b.Start) })
	for _, l := range o.probes {
		slices.SortFunc(l, func(a, b *history.Probe) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	}
	return o
}

// watched is what the oracle makes of one service.
type watchedOracle struct {
	group             string
	out               []Outage // all interruptions
	hard, weak, blind []Outage
	first, end        time.Duration
	resolution        time.Duration
	bearable          time.Duration // how long a stretch without a probe says nothing against it
	served            time.Duration // when it first did
	ever              bool
	waiting           bool     // the run ends with probes of which none had its answer when the last began
	others            []Outage // stretches in which nothing was sent to one of the broker groups
}

func floor(t, step time.Duration) time.Duration {
	if t%step < 0 {
		return t - t%step - step
	}
	return t - t%step
}

func due(s *history.Send) time.Duration {
	if s.Intended > 0 {
		return min(s.Intended, s.Start)
	}
	return s.Start
}

// ends is when the first send began, and when the last ended.
func (o *timeOracle) ends() (first, last time.Duration) {
	for i, s := range o.sends {
		if i == 0 || s.Start < first {
			first = s.Start
		}
		last = max(last, s.End)
	}
	return first, last
}

// apart is the mean distance of the sends that are due before a time.
func (o *timeOracle) apart(before time.Duration) time.Duration {
	var l []time.Duration
	for _, s := range o.sends {
		if at := floor(due(s), oracleStep); !s.Retry && at < before {
			l = append(l, at)
		}
	}
	if len(l) < 2 {
		return 0
	}
	return (slices.Max(l) - slices.Min(l)) / time.Duration(len(l)-1)
}

func (o *timeOracle) allowed() time.Duration {
	if len(o.faults) == 0 {
		return oraclePause
	}
	return min(max(oraclePause, 5*o.apart(o.faults[0].Start)), oracleCap)
}

// moments are the steps in which a send began or ended, or was due.
func (o *timeOracle) moments() (out []time.Duration) {
	for _, s := range o.sends {
		out = append(out, floor(s.Start, oracleStep), floor(s.End, oracleStep))
		if !s.Retry {
			out = append(out, floor(due(s), oracleStep))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// at tells of a step whether something was acknowledged in it, whether something began in it, and whether something was
// under way when it ended.
func (o *timeOracle) at(step time.Duration) (acked, began, under bool) {
	for _, s := range o.sends {
		from, to := floor(s.Start, oracleStep), floor(s.End, oracleStep)
		acked = acked || to == step && s.Outcome == history.OK
		began = began || from == step
		under = under || from <= step && step < to
	}
	return acked, began, under
}

// pauses cuts the run at each acknowledgement and at idle time. In each piece the pause begins with the first attempt.
// Those before anything was acknowledged are apart.
func (o *timeOracle) pauses() (pauses, early, idle []Outage) {
	gap := o.allowed()
	_, last := o.ends()
	moments := o.moments()
	from, trying, acked := time.Duration(0), false, false
	finish := func(to time.Duration, open bool) {
		if x := (Outage{Start: from, End: to, Open: open}); trying && acked && to-from > gap {
			pauses = append(pauses, x)
		} else if trying && to-from > gap {
			early = append(early, x)
		}
		trying = false
	}
	for i, m := range moments {
		ack, began, under := o.at(m)
		if i > 0 {
			if _, _, before := o.at(moments[i-1]); !before && m-moments[i-1] > max(gap, oracleStable) {
				finish(moments[i-1], false)
				idle = append(idle, Outage{Start: moments[i-1], End: m})
			}
		}
		if ack {
			finish(m, false)
			acked = true
		}
		if !trying && (under || began && !ack) {
			trying, from = true, m
		}
	}
	finish(last, true)
	return pauses, early, idle
}

// brownouts counts in windows what was due and what was acknowledged.
func (o *timeOracle) brownouts() (out []Outage) {
	_, last := o.ends()
	before := last
	if len(o.faults) > 0 {
		before = o.faults[0].Start
	}
	window := min(max(o.allowed(), 10*o.apart(before)), oracleCap)
	bad := func(from time.Duration) bool {
		asked, acked := 0, 0
		for _, s := range o.sends {
			if at := floor(due(s), oracleStep); !s.Retry && at >= from && at < from+window {
				asked++
			}
			if at := floor(s.End, oracleStep); s.Outcome == history.OK && at >= from && at < from+window {
				acked++
			}
		}
		return asked >= 3 && 2*acked < asked
	}
	for from := time.Duration(0); from <= last; from += window {
		to := from
		for bad(to) {
			to += window
		}
		if to-from > window {
			x := Outage{Start: from, End: to}
			if l := o.inVain(from, from+window); len(l) > 0 {
				x.Start = slices.Min(l)
			}
			if l := o.inVain(to-window, to); to < last && len(l) > 0 {
				x.End = slices.Max(l)
			}
			if to >= last {
				x.End, x.Open = last, true
			}
			out = append(out, x)
		}
		from = max(from, to-window)
	}
	return out
}

// inVain lists when attempts began or ended that were not acknowledged.
func (o *timeOracle) inVain(from, to time.Duration) (out []time.Duration) {
	for _, s := range o.sends {
		for _, at := range []time.Duration{floor(s.Start, oracleStep), floor(s.End, oracleStep)} {
			if s.Outcome != history.OK && at >= from && at < to {
				out = append(out, at)
			}
		}
	}
	return out
}

// late lists the stretches of more than 2 s in which a producer was due and had nothing under way.
func (o *timeOracle) late() (out []Outage) {
	for _, s := range o.sends {
		from := due(s)
		for _, x := range o.sends {
			if x.Producer == s.Producer && x.Start < s.Start {
				from = max(from, x.End)
			}
		}
		if !s.Retry && s.Start-from > 2*time.Second {
			out = append(out, Outage{Start: from, End: s.Start})
		}
	}
	return out
}
