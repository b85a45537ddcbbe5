package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/reports/wording"
)

var stripClass = map[state]string{serving: "o", refusing: "f", unclear: "u", silent: "gf"}

// stripStep is the strip's raster: no stretch is drawn narrower, so that no outage is too short to be seen, and a
// strip's markup is bounded however often its state changes.
const stripStep = 2.0

// exactStretches is up to how many stretches of all strips together are drawn as they are, so that no zoom makes an outage
// longer than it was. Beyond that the raster bounds the picture.
const exactStretches = 1500

// strip draws what the probes said: as it was, or the worst of each step of the raster.
func (p *picture) strip(g *group) {
	all := stretches(g.probes, p.s.End)
	order := []state{silent, serving, unclear, refusing}
	if p.s.stretches() <= exactStretches {
		for _, s := range order {
			p.path(stripClass[s]+" e", "", p.exact(all, s))
		}
		return
	}
	steps := make([]state, int(p.inner()/stripStep))
	for _, s := range order {
		for _, part := range all {
			if part.state == s {
				p.fill(steps, part)
			}
		}
	}
	for _, s := range order {
		p.path(stripClass[s]+" e", "", p.bandsOf(steps, s))
	}
}

// exact draws the stretches of one state. The style gives those that did not serve an edge of constant width: no outage
// is too short to be seen.
func (p *picture) exact(all []stretch, s state) (d []byte) {
	for _, part := range all {
		if part.state == s {
			a, b := p.x(part.start), p.x(part.end)
			d = fmt.Appendf(d, "M%.2f %.0fh%.2fv14h-%.2fz\n", a, p.y, b-a, b-a)
		}
	}
	return d
}

func (p *picture) fill(steps []state, part stretch) {
	from := int((p.x(part.start) - pictureLeft) / stripStep)
	to := int(math.Ceil((p.x(part.end) - pictureLeft) / stripStep))
	for i := min(from, len(steps)-1); i < min(max(to, from+1), len(steps)); i++ {
		steps[i] = part.state
	}
}

// bandsOf are the stretches of one state on the raster.
func (p *picture) bandsOf(steps []state, s state) (d []byte) {
	for i := 0; i < len(steps); i++ {
		from := i
		for i < len(steps) && steps[i] == s {
			i++
		}
		if i > from {
			d = fmt.Appendf(d, "M%.0f %.0fh%.0fv14h-%.0fz\n", pictureLeft+float64(from)*stripStep, p.y, float64(i-from)*stripStep, float64(i-from)*stripStep)
		}
	}
	return d
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
	columns := binColumns(p.s, g.acks.width)
	for i, n := range g.acks.cols {
		if i%columns == 0 {
			bins = append(bins, 0)
		}
		bins[len(bins)-1] += n
	}
	return bins, g.acks.width * time.Duration(columns)
}

// binColumns is how many columns make a bin of a round width, of which 100 to 200 fill the picture.
func binColumns(s *Series, column time.Duration) int {
	return max(1, int(math.Round(nice(s.End.Seconds()/200)/column.Seconds())))
}

// outages brackets each outage and prints durations where there is room, the longest first. Labels without room are
// there too, hidden: a zoom may make it.
func (p *picture) outages(all []Interval) {
	var taken []stretchX
	for _, o := range all {
		fmt.Fprintf(&p.marks, "<path class=\"fl\" d=\"M%.2f %.1fv4H%.2fv-4\"/>\n", p.x(o.Start), p.y+14, p.x(o.End))
	}
	for _, o := range longestFirst(all) {
		words := wording.Lasted(o.length(), o.Open)
		w := 6.8*float64(len([]rune(words))) + 8
		at := min(max((p.x(o.Start)+p.x(o.End))/2-w/2, pictureLeft), pictureWidth-pictureRight-w)
		hidden := ""
		if slices.ContainsFunc(taken, func(t stretchX) bool { return at < t.to+3 && at+w+3 > t.from }) {
			hidden = " visibility=\"hidden\""
		} else {
			taken = append(taken, stretchX{at, at + w})
		}
		fmt.Fprintf(&p.out, "<text class=\"f b halo\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\" data-a=\"%.2f\" data-b=\"%.2f\"%s>%s</text>\n",
			at+w/2, p.y+34, p.x(o.Start), p.x(o.End), hidden, escape(words))
	}
}

// stretchX is a part of the picture's width.
type stretchX struct{ from, to float64 }

func longestFirst(all []Interval) []Interval {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b Interval) int { return cmp.Compare(b.length(), a.length()) })
	return out
}
