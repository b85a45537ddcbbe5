package reports

import (
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// plot is what the page's script draws. Times are microseconds since the run's start.
type plot struct {
	End     int64       `json:"end"`
	Spans   []plotSpan  `json:"spans"`
	Marks   []plotMark  `json:"marks"`
	Groups  []plotGroup `json:"groups"`
	Rate    plotRate    `json:"rate"`
	Latency plotLatency `json:"latency"`
}

type plotSpan struct {
	Name      string `json:"name"`
	Phase     string `json:"phase"`
	Target    string `json:"target"`
	From      int64  `json:"from"`
	To        int64  `json:"to"`
	Confirmed bool   `json:"confirmed"`
}

type plotMark struct {
	At      int64  `json:"at"`
	Claim   string `json:"claim"`
	Summary string `json:"summary"`
}

type plotGroup struct {
	Name    string     `json:"name"`
	Probes  int64      `json:"probes"`
	Strip   [][3]any   `json:"strip"`   // from, to, state
	Outages [][3]int64 `json:"outages"` // as the judge found them: from, to, 1 where it had not ended
	Acks    plotCounts `json:"acks"`
}

type plotCounts struct {
	Width int64   `json:"width"`
	N     []int64 `json:"n"`
}

type plotRate struct {
	Width   int64   `json:"width"`
	OK      []int64 `json:"ok"`
	Failed  []int64 `json:"failed"`
	Unknown []int64 `json:"unknown"`
}

type plotLatency struct {
	Width    int64     `json:"width"` // of a cell; 0: each point is one send
	Rows     int       `json:"rows"`  // of cells in a power of ten
	Intended plotLayer `json:"intended"`
	Actual   plotLayer `json:"actual"`
}

// plotLayer is the points of a latency panel, column by column.
type plotLayer struct {
	T []int64 `json:"t"` // difference from the point before
	L []int64 `json:"l"`
	O string  `json:"o"`           // one digit a point: the outcome, as in package history
	N []int64 `json:"n,omitempty"` // how many sends a point stands for; absent: one each
}

func us(d time.Duration) int64 { return d.Microseconds() }

func plotOf(s *series, judged judgement) plot {
	p := plot{End: max(1, us(s.end)), Spans: []plotSpan{}, Marks: []plotMark{}, Groups: []plotGroup{}}
	for _, sp := range s.spans {
		p.Spans = append(p.Spans, plotSpan{sp.Name, string(sp.Phase), sp.Target, us(sp.Start), us(sp.End), sp.Confirmed})
	}
	for _, m := range judged.marks {
		p.Marks = append(p.Marks, plotMark{us(m.at), m.claim, printable(clip(m.summary, 300))})
	}
	for _, name := range s.names() {
		p.Groups = append(p.Groups, plotGroupOf(name, s, judged.outages[name]))
	}
	p.Rate = plotRate{Width: us(s.rate.width), OK: column(s, history.OK), Failed: column(s, history.Failed), Unknown: column(s, history.Unknown)}
	p.Latency = plotLatency{Rows: rowsPerDecade, Width: us(max(s.intended.width(), s.actual.width()))}
	p.Latency.Intended, p.Latency.Actual = layer(&s.intended), layer(&s.actual)
	return p
}

func plotGroupOf(name string, s *series, outages []interval) plotGroup {
	g := s.groups[name]
	out := plotGroup{Name: name, Probes: g.probed.total(), Strip: [][3]any{}, Outages: [][3]int64{},
		Acks: plotCounts{us(g.acks.width), append([]int64{}, g.acks.cols...)}}
	for _, part := range stretches(g.probes, s.end) {
		out.Strip = append(out.Strip, [3]any{us(part.start), us(part.end), part.state})
	}
	for _, o := range outages {
		open := int64(0)
		if o.open {
			open = 1
		}
		out.Outages = append(out.Outages, [3]int64{us(o.start), us(o.end), open})
	}
	return out
}

func column(s *series, o history.Outcome) []int64 {
	out := make([]int64, len(s.rate.cols))
	for i, c := range s.rate.cols {
		out[i] = c[o]
	}
	return out
}

func layer(s *scatter) plotLayer {
	points, width := s.points()
	out := plotLayer{T: make([]int64, 0, len(points)), L: make([]int64, 0, len(points))}
	var digits strings.Builder
	last := int64(0)
	for _, p := range points {
		at := us(p.at)
		out.T, last = append(out.T, at-last), at
		out.L = append(out.L, us(p.latency))
		digits.WriteByte('0' + byte(p.outcome))
		if width > 0 {
			out.N = append(out.N, p.count)
		}
	}
	out.O = digits.String()
	return out
}
