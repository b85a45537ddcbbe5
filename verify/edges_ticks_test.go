package verify

import (
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// ticked is one group's probes every interval up to a time, without length, then one that says how many ticks were skipped before it,
// and four more.
func ticked(interval, until, at int, skipped int64) history.Slice {
	l := probesAt(slices.Concat(every(0, until, interval), every(at, at+5*interval, interval)), never)
	for _, r := range l {
		p := r.(*history.Probe)
		if p.End = p.Start; p.Start == time.Duration(at)*ms1 {
			p.Skipped = skipped
		}
	}
	return l
}

// TestSkippedTicksAreTimeWithoutProbes has a probe that says how many ticks before it were skipped, and what the one before it saw.
func TestSkippedTicksAreTimeWithoutProbes(t *testing.T) {
	held := ticked(100, 600, 1000, 4)
	held[5].(*history.Probe).End = 800 * ms1
	overtaken := ticked(100, 600, 1000, 4)
	overtaken[5].(*history.Probe).End = 1050 * ms1
	for name, c := range map[string]struct {
		probes history.Slice
		want   time.Duration
	}{
		"none":                                {ticked(100, 600, 1000, 0), 0},
		"four":                                {ticked(100, 600, 1000, 4), 400 * ms1},
		"more than there was room for":        {ticked(100, 600, 1000, 9), 500 * ms1},
		"more than there are":                 {ticked(100, 600, 1000, 1<<60), 500 * ms1},
		"four, one probe under way in them":   {held, 200 * ms1},
		"four, one probe under way in all":    {overtaken, 0},
		"before the very first":               {ticked(100, 0, 1000, 4), 0},
		"some of more than ten intervals":     {ticked(100, 600, 1700, 1), 1200 * ms1},
		"seven, with an interval of a second": {ticked(1000, 6000, 12_000, 6), 6 * time.Second},
	} {
		if _, g := availabilityOf(t, c.probes, 0.5); g.Unobserved != c.want {
			t.Errorf("%s: nothing for %s, want %s", name, g.Unobserved, c.want)
		}
	}
}

// TestSkippedTicksInAnOutage are the outage's, up to a second and ten intervals; what is longer is dark, and nobody's outage.
func TestSkippedTicksInAnOutage(t *testing.T) {
	for name, c := range map[string]struct {
		interval, until, at int
		skipped             int64
		want                []Outage
	}{
		"a second":                 {100, 600, 1500, 10, []Outage{outage(500*ms1, 1600*ms1, false)}},
		"more than a second":       {100, 600, 1501, 10, []Outage{outage(1501*ms1, 1601*ms1, false)}},
		"less than ten intervals":  {200, 600, 1800, 7, []Outage{outage(400*ms1, 2000*ms1, false)}},
		"more than ten intervals":  {200, 600, 2401, 9, []Outage{outage(2401*ms1, 2601*ms1, false)}},
		"as long as ten intervals": {200, 600, 2400, 10, []Outage{outage(400*ms1, 2600*ms1, false)}},
	} {
		h := ticked(c.interval, c.until, c.at, c.skipped)
		for _, r := range h {
			if p := r.(*history.Probe); p.Start == time.Duration(c.until-c.interval)*ms1 || p.Start == time.Duration(c.at)*ms1 {
				p.Outcome = history.Unknown
			}
		}
		_, g := availabilityOf(t, h, 0.5)
		if !slices.EqualFunc(g.Outages, c.want, func(a, b Outage) bool { return a.Start == b.Start && a.End == b.End && a.Open == b.Open }) {
			t.Errorf("%s: %+v, want %+v", name, g.Outages, c.want)
		}
	}
}
