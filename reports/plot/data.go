package plot

import (
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports/wording"
)

// Data is what the page's script draws. Times are microseconds since the run's start.
type Data struct {
	End     int64       `json:"end"`
	Spans   []spanData  `json:"spans"`
	Marks   []markData  `json:"marks"`
	Groups  []groupData `json:"groups"`
	Rate    rateData    `json:"rate"`
	Latency latencyData `json:"latency"`
}

type spanData struct {
	Name      string `json:"name"`
	Phase     string `json:"phase"`
	Target    string `json:"target"`
	From      int64  `json:"from"`
	To        int64  `json:"to"`
	Confirmed bool   `json:"confirmed"`
}

type markData struct {
	At      int64  `json:"at"`
	Claim   string `json:"claim"`
	Summary string `json:"summary"`
}

type groupData struct {
	Name    string     `json:"name"`
	Probes  int64      `json:"probes"`
	Strip   [][3]any   `json:"strip"`   // from, to, state
	Outages [][3]int64 `json:"outages"` // as the judge found them: from, to, 1 where it had not ended
	Acks    countData  `json:"acks"`
}

type countData struct {
	Width int64   `json:"width"`
	N     []int64 `json:"n"`
}

type rateData struct {
	Width   int64   `json:"width"`
	Bin     int64   `json:"bin"` // of the picture's bars
	OK      []int64 `json:"ok"`
	Failed  []int64 `json:"failed"`
	Unknown []int64 `json:"unknown"`
}

type latencyData struct {
	Width    int64     `json:"width"` // of a cell; 0: each point is one send
	Bin      int64     `json:"bin"`   // of the picture's lines
	Intended layerData `json:"intended"`
	Actual   layerData `json:"actual"`
}

// layerData is the points of a latency panel, column by column.
type layerData struct {
	T []int64 `json:"t"` // difference from the point before
	L []int64 `json:"l"`
	O string  `json:"o"`           // one digit a point: the outcome, as in package history
	N []int64 `json:"n,omitempty"` // how many sends a point stands for; absent: one each
}

// Microseconds is the unit of the page's script.
func Microseconds(d time.Duration) int64 { return d.Microseconds() }

// DataOf gives what the page's script draws and shows under the pointer.
func DataOf(s *Series, judged Judged) Data {
	p := Data{End: max(1, Microseconds(s.End)), Spans: []spanData{}, Marks: []markData{}, Groups: []groupData{}}
	for _, sp := range s.Spans {
		p.Spans = append(p.Spans, spanData{sp.Name, string(sp.Phase), sp.Target, Microseconds(sp.Start), Microseconds(sp.End), sp.Confirmed})
	}
	for _, m := range judged.Marks {
		p.Marks = append(p.Marks, markData{Microseconds(m.At), m.Claim, wording.Printable(wording.Clip(m.Summary, 300))})
	}
	for _, name := range s.names() {
		p.Groups = append(p.Groups, groupDataOf(name, s, judged.Outages[name]))
	}
	p.Rate = rateData{Width: Microseconds(s.rate.width), Bin: Microseconds(s.rate.width) * int64(binColumns(s, s.rate.width)), OK: column(s, history.OK), Failed: column(s, history.Failed), Unknown: column(s, history.Unknown)}
	p.Latency = latencyData{Bin: Microseconds(latencyBin(s)), Width: Microseconds(max(s.intended.width(), s.actual.width()))}
	p.Latency.Intended, p.Latency.Actual = layer(&s.intended), layer(&s.actual)
	return p
}

func groupDataOf(name string, s *Series, outages []Interval) groupData {
	g := s.groups[name]
	out := groupData{Name: name, Probes: g.probed.Total(), Strip: [][3]any{}, Outages: [][3]int64{},
		Acks: countData{Microseconds(g.acks.width), append([]int64{}, g.acks.cols...)}}
	for _, part := range stretches(g.probes, s.End) {
		out.Strip = append(out.Strip, [3]any{Microseconds(part.start), Microseconds(part.end), part.state})
	}
	for _, o := range outages {
		open := int64(0)
		if o.Open {
			open = 1
		}
		out.Outages = append(out.Outages, [3]int64{Microseconds(o.Start), Microseconds(o.End), open})
	}
	return out
}

func column(s *Series, o history.Outcome) []int64 {
	out := make([]int64, len(s.rate.cols))
	for i, c := range s.rate.cols {
		out[i] = c[o]
	}
	return out
}

func layer(s *scatter) layerData {
	points, width := s.points()
	out := layerData{T: make([]int64, 0, len(points)), L: make([]int64, 0, len(points))}
	var digits strings.Builder
	last := int64(0)
	for _, p := range points {
		at := Microseconds(p.at)
		out.T, last = append(out.T, at-last), at
		out.L = append(out.L, Microseconds(p.latency))
		digits.WriteByte('0' + byte(p.outcome))
		if width > 0 {
			out.N = append(out.N, p.count)
		}
	}
	out.O = digits.String()
	return out
}
