package plot

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports/wording"
)

// faultBands shade the time of each fault behind all panels.
func (p *picture) faultBands(top, bottom float64) {
	for _, s := range p.s.Spans {
		if s.Phase != history.Fault {
			continue
		}
		a, b := p.x(s.Start), p.x(s.End)
		fmt.Fprintf(&p.bands, "<rect class=\"x\" fill-opacity=\".1\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", a, top, max(b-a, 1), bottom-top)
		fmt.Fprintf(&p.bands, "<path class=\"xl\" d=\"M%.1f %.1fV%.1fM%.1f %.1fV%.1f\"/>\n", a, top, bottom, b, top, bottom)
	}
}

// spans draws what was done to the cluster. Spans that overlap get rows of their own.
func (p *picture) spans() {
	if len(p.s.Spans) == 0 {
		return
	}
	var ends []time.Duration
	for _, s := range p.s.Spans {
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
	class, opacity, ink, wordings := "c", ".35", "t", []string{string(s.Phase)}
	if s.Phase == history.Fault {
		class, opacity, ink, wordings = "x", "1", "w b", []string{s.Name + " ✓ confirmed", s.Name + " ✓", s.Name}
		if !s.Confirmed {
			opacity, ink, wordings = ".25", "t b", []string{s.Name + " ✗ NOT confirmed", "✗ NOT confirmed", "✗"}
		}
	}
	fmt.Fprintf(&p.marks, "<rect class=\"%s\" fill-opacity=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"20\" rx=\"4\"/>\n", class, opacity, a+1, y, max(b-a-2, 2))
	fmt.Fprintf(&p.out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" data-a=\"%.2f\" data-b=\"%.2f\" data-words=\"%s\">%s</text>\n",
		ink, a+8, y+14, a, b, escape(asJSON(wordings)), escape(fitText(wordings, b-a-10)))
}

// asJSON is what the script chooses a wording from.
func asJSON(texts []string) string {
	for i, t := range texts {
		texts[i] = wording.Printable(wording.Clip(t, 120))
	}
	raw, err := json.Marshal(texts)
	if err != nil { // strings always can
		return "[]"
	}
	return string(raw)
}

// violations draws the operations that show a violation.
func (p *picture) violations() {
	if len(p.judged.Marks) == 0 {
		return
	}
	p.text(xy{pictureLeft, p.y + 20}, "f b", "Violations", "")
	p.text(xy{pictureWidth - pictureRight, p.y + 20}, "f b", marksWords(p.judged.Marks), "end")
	p.y += 26
	p.path("g", "", fmt.Appendf(nil, "M%.1f %.1fH%.1f", pictureLeft, p.y+8, pictureWidth-pictureRight))
	for _, m := range p.judged.Marks {
		p.glyph(m.At, "f b", "×")
	}
	p.y += 16
}

// glyph is a sign that keeps its size at a moment on the row.
func (p *picture) glyph(at time.Duration, class, sign string) {
	fmt.Fprintf(&p.out, "<text class=\"%s\" text-anchor=\"middle\" x=\"%.2f\" y=\"%.1f\" data-at=\"%.2f\">%s</text>\n", class, p.x(at), p.y+12, p.x(at), sign)
}

// problems draws what went wrong with the run itself.
func (p *picture) problems() {
	if len(p.s.problems) == 0 {
		return
	}
	p.text(xy{pictureLeft, p.y + 20}, "u b", "Problems of the run", "")
	p.text(xy{pictureWidth - pictureRight, p.y + 20}, "u b", wording.Clip(p.s.problems[0].Text, 90), "end")
	p.y += 26
	p.path("g", "", fmt.Appendf(nil, "M%.1f %.1fH%.1f", pictureLeft, p.y+8, pictureWidth-pictureRight))
	for _, problem := range p.s.problems {
		p.glyph(problem.At, "u b", "!")
	}
	p.y += 16
}

// marksWords names the claims that the marks are of.
func marksWords(marks []Mark) string {
	var ids []string
	for _, m := range marks {
		if !slices.Contains(ids, m.Claim) {
			ids = append(ids, m.Claim)
		}
	}
	return wording.Clip(strings.Join(ids, ", "), 90)
}

// group draws a broker group: its probes as a band, its outages with their durations, its acknowledgements below.
func (p *picture) group(name string) {
	g, outages := p.s.groups[name], p.judged.Outages[name]
	p.text(xy{pictureLeft, p.y + 22}, "t b", wording.Clip(name, 60), "")
	ink, words := outageWords(g, outages)
	p.text(xy{pictureWidth - pictureRight, p.y + 22}, ink, words, "end")
	p.y += 29
	p.strip(g)
	p.acks(g, p.y+40)
	p.outages(longestOutages(outages))
	p.y += 42
	p.masters(name)
}

// masters draws when which process became the group's master, where the run asked.
func (p *picture) masters(group string) {
	terms := p.s.masters[group]
	if len(terms) == 0 {
		return
	}
	p.text(xy{pictureLeft - 7, p.y + 12}, "m", "master", "end")
	for i, t := range terms {
		until := p.s.End
		if i+1 < len(terms) {
			until = terms[i+1].at
		}
		a, b := p.x(t.at), p.x(until)
		fmt.Fprintf(&p.marks, "<path class=\"ml\" d=\"M%.2f %.1fV%.1fM%.2f %.1fH%.2f\"/>\n", a, p.y, p.y+16, a, p.y+15, b)
		wordings := []string{t.words, t.short}
		fmt.Fprintf(&p.out, "<text class=\"m\" x=\"%.1f\" y=\"%.1f\" data-a=\"%.2f\" data-b=\"%.2f\" data-words=\"%s\">%s</text>\n",
			a+8, p.y+11, a, b, escape(asJSON(wordings)), escape(fitText(wordings, b-a-10)))
	}
	p.y += 20
}

// bracketLimit bounds the brackets below one strip; the strip itself shows every outage.
const bracketLimit = 100

// longestOutages keeps the longest outages where there are too many to mark, in order of time.
func longestOutages(outages []Interval) []Interval {
	if len(outages) <= bracketLimit {
		return outages
	}
	out := longestFirst(outages)[:bracketLimit]
	slices.SortStableFunc(out, func(a, b Interval) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

func outageWords(g *group, outages []Interval) (class, words string) {
	var longest time.Duration
	open := false
	for _, o := range outages {
		longest = max(longest, o.length())
		open = open || o.Open && o.length() == longest
	}
	switch {
	case len(outages) == 1:
		return "f b", "1 outage, " + wording.Lasted(longest, open)
	case len(outages) > 1:
		return "f b", wording.Plural(int64(len(outages)), "outage", "outages") + ", longest " + wording.Lasted(longest, open)
	case g.probed.Total() == 0:
		return "m", "not probed"
	}
	return "m", "no outage"
}

func (p *picture) path(class, opacity string, d []byte) {
	if len(d) == 0 {
		return
	}
	if opacity != "" {
		opacity = ` opacity="` + opacity + `"`
	}
	fmt.Fprintf(&p.marks, "<path class=\"%s\"%s d=\"%s\"/>\n", class, opacity, d)
}

// timeAxis draws the time below all panels.
func (p *picture) timeAxis(y float64) {
	p.path("g", "", fmt.Appendf(nil, "M%.1f %.1fH%.1f", pictureLeft, y, pictureWidth-pictureRight))
	p.out.WriteString("<g class=\"axis\">\n")
	step := max(nice(p.s.End.Seconds()/10), 0.001)
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	for i := 0; ; i++ {
		t := time.Duration(float64(i) * step * float64(time.Second))
		if t > p.s.End || i > 20 {
			break
		}
		anchor := "middle"
		if p.x(t) > pictureWidth-pictureRight-20 {
			anchor = "end"
		}
		p.text(xy{p.x(t), y + 16}, "m", fmt.Sprintf("%.*f s", decimals, t.Seconds()), anchor)
	}
	p.out.WriteString("</g>\n")
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
