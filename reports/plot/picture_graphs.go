package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports/wording"
)

// drawOrder lists the outcomes so that what is bad lies on top.
var drawOrder = []history.Outcome{history.OK, history.Unknown, history.Failed}

var outcomeClass = map[history.Outcome]string{history.OK: "o", history.Unknown: "u", history.Failed: "f"}

// rate draws answered sends per second as bars stacked by outcome.
func (p *picture) rate() {
	columns := binColumns(p.s, p.s.rate.width)
	bins := make([]Tally, (len(p.s.rate.cols)+columns-1)/columns)
	for i, c := range p.s.rate.cols {
		bins[i/columns].add(c)
	}
	width := p.s.rate.width * time.Duration(columns)
	per := 1 / width.Seconds()
	top := 1.0
	for _, b := range bins {
		top = max(top, float64(b.Total())*per)
	}
	top = axisLimit(top)
	p.title("Answered sends per second", "bins of "+wording.Span(width))
	for _, part := range []float64{0, 0.5, 1} {
		p.gridLine(p.y+rateHeight*(1-part), wording.Count(int64(top*part)))
	}
	base := make([]float64, len(bins))
	for _, o := range drawOrder {
		p.path(outcomeClass[o], ".8", p.bars(bins, base, barScale{o, width, per / top * rateHeight}))
	}
	p.y += rateHeight
}

// axisLimit is a round number above x that leaves little room above it, and whose half is round too.
func axisLimit(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8} {
		if m*power >= x*1.02 {
			return m * power
		}
	}
	return 10 * power
}

type barScale struct {
	outcome history.Outcome
	width   time.Duration
	height  float64 // of one send
}

// bars draws one outcome of each bin on top of base, and raises base by it.
func (p *picture) bars(bins []Tally, base []float64, s barScale) (d []byte) {
	for i, b := range bins {
		h := float64(b[s.outcome]) * s.height
		if h == 0 {
			continue
		}
		a, e := p.x(s.width*time.Duration(i)), p.x(s.width*time.Duration(i+1))
		d = fmt.Appendf(d, "M%.1f %.1fv-%.1fh%.1fv%.1fz\n", a, p.y+rateHeight-base[i], h, max(e-a-0.8, 0.4), h)
		base[i] += h
	}
	return d
}

func (p *picture) title(name, note string) {
	p.text(xy{pictureLeft, p.y + 24}, "t b", name, "")
	p.text(xy{pictureWidth - pictureRight, p.y + 24}, "m", note, "end")
	p.y += 36
}

func (p *picture) gridLine(y float64, words string) {
	p.path("g", "", fmt.Appendf(nil, "M%.1f %.1fH%.1f", pictureLeft, y, pictureWidth-pictureRight))
	p.text(xy{pictureLeft - 7, y + 4}, "m", words, "end")
}

// decades is a logarithmic scale of microseconds.
type decades struct{ low, high float64 }

func scaleOf(points []point) decades {
	if len(points) == 0 {
		return decades{3, 6}
	}
	low, high := math.Inf(1), 0.0
	for _, q := range points {
		us := math.Max(1, float64(q.latency)/float64(time.Microsecond))
		low, high = math.Min(low, us), math.Max(high, us)
	}
	return decades{math.Log10(low) - 0.1, math.Log10(max(high, low*10)) + 0.1}
}

// at is the height of a latency on the scale, between 0 and 1.
func (d decades) at(latency time.Duration) float64 {
	us := math.Max(1, float64(latency)/float64(time.Microsecond))
	return (math.Log10(us) - d.low) / (d.high - d.low)
}

// latencies draws the panel from the intended start, and where both are wanted the one from the actual start over it,
// hidden.
func (p *picture) latencies(both bool) {
	top := p.y
	p.latency(&p.s.intended, "intended", "")
	if both {
		p.y = top
		p.latency(&p.s.actual, "actual", " visibility=\"hidden\"")
	}
}

// latency draws every send in a cell, and the median and the 99th percentile of the acknowledged.
func (p *picture) latency(layer *scatter, name, hidden string) {
	points, _ := layer.points()
	d := scaleOf(points)
	bin := p.latencyBin()
	group := fmt.Sprintf("<g class=\"%s\" data-y=\"%.1f\" data-height=\"%g\" data-low=\"%.4f\" data-high=\"%.4f\"%s>\n", name, p.y+36, cloudHeight, d.low, d.high, hidden)
	p.marks.WriteString(group)
	p.out.WriteString(group)
	p.title("Latency", "from the "+name+" start; lines are the acknowledged sends of each "+wording.Span(bin))
	for e := math.Ceil(d.low); e <= d.high; e++ {
		tick := time.Duration(math.Pow(10, e)) * time.Microsecond
		p.gridLine(p.y+cloudHeight*(1-d.at(tick)), strings.Replace(wording.Span(tick), ".00", "", 1))
	}
	p.cloud(points, d)
	p.lines(points, d, bin)
	p.y += cloudHeight
	p.marks.WriteString("</g>\n")
	p.out.WriteString("</g>\n")
}

func (p *picture) latencyBin() time.Duration { return latencyBin(p.s) }

func latencyBin(s *Series) time.Duration {
	wanted := time.Duration(nice(s.End.Seconds()/90) * float64(time.Second))
	if w := s.intended.width(); w > 0 {
		return max(1, (wanted+w/2)/w) * w
	}
	return max(wanted, time.Millisecond)
}

// cloud draws the points on a raster just fine enough to stay within the picture's budget.
func (p *picture) cloud(points []point, d decades) {
	for size := 2.5; ; size *= 1.4 {
		before := p.marks.Len()
		p.raster(points, d, size)
		if p.marks.Len()-before <= pictureBudget || size > 40 {
			return
		}
		p.marks.Truncate(before)
	}
}

type pixel struct {
	outcome  history.Outcome
	strength int // 0 to 3: how many sends lie in it
	x, y     int
}

func (p *picture) raster(points []point, d decades, size float64) {
	counts := map[pixel]int64{}
	for _, q := range points {
		counts[pixel{q.outcome, 0, int((p.x(q.at) - pictureLeft) / size), int((1 - d.at(q.latency)) * (cloudHeight - 1) / size)}] += q.count
	}
	pixels := make([]pixel, 0, len(counts))
	for k, n := range counts {
		k.strength = min(3, int(math.Log2(float64(n))/1.5))
		pixels = append(pixels, k)
	}
	slices.SortFunc(pixels, func(a, b pixel) int {
		return cmp.Or(cmp.Compare(a.strength, b.strength), cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
	})
	for _, o := range drawOrder {
		for strength := range 4 {
			opacity := []string{".35", ".55", ".8", "1"}[strength]
			if o != history.OK {
				opacity = "1"
			}
			if d := p.dots(pixels, pixel{outcome: o, strength: strength}, size); len(d) > 0 {
				fmt.Fprintf(&p.marks, "<path class=\"s%s\" stroke-width=\"%.2f\" opacity=\"%s\" d=\"%s\"/>\n", outcomeClass[o], size, opacity, d)
			}
		}
	}
}

// dots draws the pixels of one outcome and strength as short upright strokes, a column of pixels a line of text.
func (p *picture) dots(pixels []pixel, of pixel, size float64) (d []byte) {
	column, end := -1, 0
	for _, k := range pixels {
		if k.outcome != of.outcome || k.strength != of.strength {
			continue
		}
		if k.x != column {
			if column >= 0 {
				d = append(d, '\n')
			}
			d = fmt.Appendf(d, "M%.1f %.1f", pictureLeft+(float64(k.x)+0.5)*size, p.y+float64(k.y)*size)
		} else if k.y > end {
			d = fmt.Appendf(d, "m0 %.3g", float64(k.y-end)*size)
		}
		d = fmt.Appendf(d, "v%.3g", size)
		column, end = k.x, k.y+1
	}
	return d
}

// lines draws the percentiles. A line breaks where a bin has no acknowledged send: it never bridges an outage.
func (p *picture) lines(points []point, d decades, bin time.Duration) {
	var p50, p99 []byte
	last := int64(-2)
	for _, q := range quantiles(points, bin) {
		move := "L"
		if q.bin != last+1 {
			move = "M"
		}
		last = q.bin
		x := p.x(time.Duration(q.bin)*bin + bin/2)
		p50 = fmt.Appendf(p50, "%s%.1f %.1f\n", move, x, p.y+cloudHeight*(1-d.at(q.p50)))
		p99 = fmt.Appendf(p99, "%s%.1f %.1f\n", move, x, p.y+cloudHeight*(1-d.at(q.p99)))
	}
	p.path("p99", "", p99)
	p.path("p50", "", p50)
}

type quantile struct {
	bin      int64
	p50, p99 time.Duration
}

// quantiles gives the percentiles of the acknowledged sends of each bin that has any. Points are in order of time.
func quantiles(points []point, bin time.Duration) (out []quantile) {
	for len(points) > 0 {
		b := int64(points[0].at / bin)
		n := slices.IndexFunc(points, func(q point) bool { return int64(q.at/bin) != b })
		if n < 0 {
			n = len(points)
		}
		acked := slices.DeleteFunc(slices.Clone(points[:n]), func(q point) bool { return q.outcome != history.OK })
		points = points[n:]
		if len(acked) == 0 {
			continue
		}
		slices.SortFunc(acked, func(a, b point) int { return cmp.Compare(a.latency, b.latency) })
		out = append(out, quantile{b, rank(acked, 0.5), rank(acked, 0.99)})
	}
	return out
}

// rank is the latency below or at which the part q of the sends lies.
func rank(sorted []point, q float64) time.Duration {
	var total, seen int64
	for _, p := range sorted {
		total += p.count
	}
	for _, p := range sorted {
		if seen += p.count; float64(seen) >= q*float64(total) {
			return p.latency
		}
	}
	return sorted[len(sorted)-1].latency
}
