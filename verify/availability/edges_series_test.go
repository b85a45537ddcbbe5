package availability

import (
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// TestTheSilenceThatSaysNothing is 2 s, or five times the mean distance of the attempts up to the fault's second, up to 10 s.
func TestTheSilenceThatSaysNothing(t *testing.T) {
	for _, c := range []struct {
		seconds []int64
		want    time.Duration
	}{
		{nil, 2 * s}, {[]int64{7}, 2 * s}, {[]int64{100, 101}, 5 * s}, {[]int64{100, 105}, 10 * s}, {[]int64{104, 105}, 5 * s}, {[]int64{105, 106}, 2 * s},
	} {
		x := NewTimes(9)
		x.Span(&history.Span{Phase: history.Fault, Start: 105*s + s/2, End: 110 * s})
		series := Series{}
		for _, at := range c.seconds {
			series.counts = append(series.counts, count{at: at, ok: 1, acks: 1})
		}
		if got := x.seriesGap(&series, Options{StableGap: s}); got != c.want {
			t.Errorf("attempts at %v: %s, want %s", c.seconds, got, c.want)
		}
	}
}

// TestTheEdgesOfAQueuesSilence goes through the seconds of a queue whose silence of 3 s says nothing, and which is idle after 5 s.
func TestTheEdgesOfAQueuesSilence(t *testing.T) {
	good, bad := func(at int64) count { return count{at: at, ok: 1, acks: 1} }, func(at int64) count { return count{at: at, bad: 1, over: 1} }
	for name, c := range map[string]struct {
		seconds    []count
		end        time.Duration
		out, blind []Outage
	}{
		"refused for 3 s":                {[]count{good(0), bad(1), good(4)}, 5 * s, nil, nil},
		"refused for 4 s":                {[]count{good(0), bad(1), good(5)}, 6 * s, []Outage{stretch(s, 5*s)}, nil},
		"idle for 5 s":                   {[]count{good(0), good(6)}, 7 * s, nil, nil},
		"idle for 6 s":                   {[]count{good(0), good(7)}, 8 * s, nil, []Outage{stretch(s, 7*s)}},
		"begins late":                    {[]count{good(50)}, 51 * s, nil, nil},
		"idle for 5 s until the end":     {[]count{good(0)}, 6 * s, nil, nil},
		"idle for 6 s until the end":     {[]count{good(0)}, 7 * s, nil, []Outage{stretch(s, 7*s)}},
		"nothing was ever sent":          {nil, 60 * s, nil, nil},
		"one is under way until the end": {[]count{good(0), {at: 1, bad: 1}}, 60 * s, []Outage{{s, 60 * s, true, false}}, nil},
		"one is under way for 8 s":       {[]count{good(0), {at: 1, bad: 1}, {at: 9, over: 1}, good(10)}, 11 * s, []Outage{stretch(s, 10*s)}, nil},
	} {
		w := Watch{}
		p := &seriesPauser{gap: 3 * s, idle: 5 * s, w: &w}
		for _, x := range c.seconds {
			p.take(x, count{})
		}
		p.end(c.end)
		if !slices.Equal(w.Interruptions, c.out) || !slices.Equal(w.Blind, c.blind) {
			t.Errorf("%s: out %v, blind %v", name, w.Interruptions, w.Blind)
		}
	}
}
