package reports

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// faultBands shade the time of each fault behind all panels.
func (p *picture) faultBands(top, bottom float64) {
	for _, s := range p.s.spans {
		if s.Phase != history.Fault {
			continue
		}
		a, b := p.x(s.Start), p.x(s.End)
		fmt.Fprintf(&p.under, "<rect class=\"x\" fill-opacity=\".1\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", a, top, max(b-a, 1), bottom-top)
		fmt.Fprintf(&p.under, "<path class=\"xl\" d=\"M%.1f %.1fV%.1fM%.1f %.1fV%.1f\"/>\n", a, top, bottom, b, top, bottom)
	}
}

// spans draws what was done to the cluster. Spans that overlap get rows of their own.
func (p *picture) spans() {
	if len(p.s.spans) == 0 {
		return
	}
	var ends []time.Duration
	for _, s := range p.s.spans {
		row := 0
		for row < len(ends) && ends[row] > s.Start {
			row++
		}
		if row == len(ends) {
			ends = append(ends, 0)
		}
		ends[row] = s.End
		p.span(s, p.y+24*float64(row))
	}
	p.y += 24 * float64(len(ends))
}

func (p *picture) span(s history.Span, y float64) {
	a, b := p.x(s.Start), p.x(s.End)
	class, opacity, ink, words := "c", ".35", "t", string(s.Phase)
	if s.Phase == history.Fault {
		class, opacity, ink, words = "x", "1", "w b", s.Name+" ✓ confirmed"
		if !s.Confirmed {
			opacity, ink, words = ".25", "t b", s.Name+" ✗ NOT confirmed"
		}
	}
	fmt.Fprintf(&p.out, "<rect class=\"%s\" fill-opacity=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"20\" rx=\"4\"/>\n", class, opacity, a+1, y, max(b-a-2, 2))
	if words = fitting(words, b-a-10); words != "" {
		p.text(a+8, y+14, ink, words, "")
	}
}

// group draws a broker group: its probes as a band, its outages with their durations, its acknowledgements below.
func (p *picture) group(name string) {
	g, outages := p.s.groups[name], p.outages[name]
	p.text(pictureLeft, p.y+22, "t b", clip(name, 60), "")
	ink, words := outageWords(g, outages)
	p.text(pictureWidth-pictureRight, p.y+22, ink, words, "end")
	p.y += 29
	p.strip(g)
	p.acks(g, p.y+40)
	free := pictureLeft
	for _, o := range outages {
		free = p.outage(o, free)
	}
	p.y += 42
}

func outageWords(g *group, outages []interval) (class, words string) {
	var longest time.Duration
	open := false
	for _, o := range outages {
		longest = max(longest, o.length())
		open = open || o.open && o.length() == longest
	}
	switch {
	case len(outages) == 1:
		return "f b", "1 outage, " + lasted(longest, open)
	case len(outages) > 1:
		return "f b", plural(int64(len(outages)), "outage", "outages") + ", longest " + lasted(longest, open)
	case g.probed.total() == 0:
		return "m", "not probed"
	}
	return "m", "no outage"
}

var stripClass = map[state]string{serving: "o", refusing: "f", unclear: "u", silent: "gf"}

// strip draws each state in turn, so that what is bad lies on top and at least 2 units wide.
func (p *picture) strip(g *group) {
	all := stretches(g.probes, p.s.end)
	for _, s := range []state{silent, serving, unclear, refusing} {
		var d []byte
		for _, part := range all {
			if part.state != s {
				continue
			}
			a, b := p.x(part.start), p.x(part.end)
			if s != serving && s != silent {
				b = max(b, a+2)
			}
			d = fmt.Appendf(d, "M%.1f %.1fH%.1fv14H%.1fz", a, p.y, b, a)
		}
		p.path(stripClass[s], "", d)
	}
}

func (p *picture) path(class, opacity string, d []byte) {
	if len(d) == 0 {
		return
	}
	if opacity != "" {
		opacity = ` opacity="` + opacity + `"`
	}
	fmt.Fprintf(&p.out, "<path class=\"%s\"%s d=\"%s\"/>\n", class, opacity, d)
}

// acks draws the acknowledged sends of a group as small bars that stand on bottom, on one scale for all groups.
func (p *picture) acks(g *group, bottom float64) {
	bins, width := p.ackBins(g)
	var top int64 = 1
	for _, other := range p.s.groups {
		all, _ := p.ackBins(other)
		top = max(top, slices.Max(append(all, 1)))
	}
	var d []byte
	for i, n := range bins {
		if n == 0 {
			continue
		}
		a, b := p.x(width*time.Duration(i)), p.x(width*time.Duration(i+1))
		d = fmt.Appendf(d, "M%.1f %.1fv-%.1fh%.1fV%.1fz\n", a, bottom, 22*float64(n)/float64(top), max(b-a-0.6, 0.4), bottom)
	}
	p.path("o", ".45", d)
}

func (p *picture) ackBins(g *group) (bins []int64, width time.Duration) {
	columns := p.binColumns(g.acks.width)
	for i, n := range g.acks.cols {
		if i%columns == 0 {
			bins = append(bins, 0)
		}
		bins[len(bins)-1] += n
	}
	return bins, g.acks.width * time.Duration(columns)
}

// binColumns is how many columns make a bin of a round width, of which some 150 fill the picture.
func (p *picture) binColumns(column time.Duration) int {
	return max(1, int(math.Round(nice(p.s.end.Seconds()/150)/column.Seconds())))
}

// outage marks one outage, with its duration where there is room right of free. It gives the next free place.
func (p *picture) outage(o interval, free float64) float64 {
	a, b := p.x(o.start), p.x(o.end)
	fmt.Fprintf(&p.out, "<path class=\"fl\" d=\"M%.1f %.1fv4H%.1fv-4\"/>\n", a, p.y+14, max(b, a+1))
	words := lasted(o.length(), o.open)
	w := 6.8*float64(len([]rune(words))) + 8
	at := min(max((a+b)/2-w/2, pictureLeft), pictureWidth-pictureRight-w)
	if at < free {
		return free
	}
	fmt.Fprintf(&p.out, "<rect class=\"bg\" fill-opacity=\".8\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"15\"/>\n", at, p.y+22, w)
	p.text(at+w/2, p.y+34, "f b", words, "middle")
	return at + w
}

// timeAxis draws the time below all panels.
func (p *picture) timeAxis(y float64) {
	p.path("g", "", fmt.Appendf(nil, "M%.1f %.1fH%.1f", pictureLeft, y, pictureWidth-pictureRight))
	step := max(nice(p.s.end.Seconds()/10), 0.001)
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	for i := 0; ; i++ {
		t := time.Duration(float64(i) * step * float64(time.Second))
		if t > p.s.end || i > 20 {
			break
		}
		anchor := "middle"
		if p.x(t) > pictureWidth-pictureRight-20 {
			anchor = "end"
		}
		p.text(p.x(t), y+16, "m", fmt.Sprintf("%.*f s", decimals, t.Seconds()), anchor)
	}
	p.y = y + 26
}

// nice rounds up to 1, 2 or 5 times a power of ten.
func nice(x float64) float64 {
	if x <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= x*0.999 {
			return m * power
		}
	}
	return 10 * power
}
