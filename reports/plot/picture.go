package plot

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/reports/wording"
)

// The picture's measures, in the units of its view box.
const (
	pictureWidth = 1000.0
	pictureLeft  = 62.0
	pictureRight = 12.0
	rateHeight   = 110.0
	cloudHeight  = 190.0
)

// pictureBudget bounds the marks of the latency panel, so that a picture stays well below 150 kB.
const pictureBudget = 80_000

// picture draws a series as an SVG without script: for a README, for a page whose scripts are forbidden, for print.
type picture struct {
	under  bytes.Buffer // the head of a picture that stands alone
	bands  bytes.Buffer // what lies below all marks: the faults' time
	marks  bytes.Buffer // what the page's script zooms: everything that has a place in time
	out    bytes.Buffer // labels, which keep their size
	s      *Series
	judged Judged
	y      float64 // where the next panel begins
}

// Interval is an outage; an open one had not ended when the probes did.
type Interval struct {
	Start, End time.Duration
	Open       bool
}

func (i Interval) length() time.Duration { return i.End - i.Start }

// Judged is what a picture marks of the judge's report: it finds nothing by itself.
type Judged struct {
	Outages map[string][]Interval // by broker group
	Marks   []Mark
}

// Mark is an operation that shows why a claim is violated, at its time.
type Mark struct {
	At             time.Duration
	Claim, Summary string
}

// Caption is the head of a picture that stands alone.
type Caption struct {
	Verdict, Title, Note string
}

// Alone writes a picture with a head, its colours in it: light or dark as its reader prefers.
func Alone(w io.Writer, s *Series, judged Judged, c Caption) error {
	p := &picture{s: s, judged: judged}
	p.head(c)
	p.panels(true, false)
	return p.write(w, "<style>"+colours("svg")+pictureCSS+"</style>\n", c.Title)
}

// Inside gives the markup of the picture for a page that has the styles and the script already: the script zooms it.
func Inside(s *Series, judged Judged, title string) (string, error) {
	return inside(s, judged, title, true)
}

// Small is a picture without rate and latency, for an overview.
func Small(s *Series, judged Judged, title string) (string, error) {
	return inside(s, judged, title, false)
}

func inside(s *Series, judged Judged, title string, whole bool) (string, error) {
	p := &picture{s: s, judged: judged}
	p.panels(whole, whole)
	var b bytes.Buffer
	err := p.write(&b, "", title)
	return b.String(), err
}

// write puts what is zoomed into a picture of its own within the picture, with the same coordinates: a part of the run is
// shown by changing that picture's view box, and no label is stretched by it.
func (p *picture) write(w io.Writer, style, title string) error {
	height := math.Ceil(p.y)
	_, err := fmt.Fprintf(w, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" height=\"%g\" role=\"img\">\n<title>%s</title>\n%s%s"+
		"<svg class=\"plot\" x=\"%g\" width=\"%g\" height=\"%g\" viewBox=\"%g 0 %g %g\" preserveAspectRatio=\"none\">\n%s%s</svg>\n%s</svg>\n",
		pictureWidth, height, pictureWidth, height, escape(title), style, p.under.Bytes(),
		pictureLeft, p.inner(), height, pictureLeft, p.inner(), height, p.bands.Bytes(), p.marks.Bytes(), p.out.Bytes())
	return err
}

// panels draws everything. Both draws the latency from the actual start too, hidden until it is asked for.
func (p *picture) panels(whole, both bool) {
	top := p.y
	p.spans()
	p.problems()
	p.violations()
	for _, name := range p.s.names() {
		p.group(name)
	}
	if whole {
		p.rate()
		p.latencies(both)
	}
	p.faultBands(top, p.y+6)
	p.timeAxis(p.y + 6)
}

// head is what a picture says that stands alone: the verdict, the experiment, the colours' meaning.
func (p *picture) head(c Caption) {
	fmt.Fprintf(&p.under, "<rect class=\"bg\" width=\"%g\" height=\"100%%\" rx=\"10\"/>\n", pictureWidth)
	word := strings.ToUpper(c.Verdict)
	wide := float64(len(word))*8.6 + 22
	fmt.Fprintf(&p.under, "<rect class=\"%s\" x=\"12\" y=\"14\" width=\"%.0f\" height=\"24\" rx=\"12\"/>\n", escape(c.Verdict), wide)
	p.under.WriteString(label(xy{12 + wide/2, 30}, "bg b", word, "middle"))
	p.under.WriteString(label(xy{12 + wide + 12, 31}, "t b big", wording.Clip(c.Title, 100), ""))
	p.under.WriteString(label(xy{12, 58}, "m", wording.Clip(c.Note, 160), ""))
	x := 12.0
	for _, k := range [][2]string{{"o", "acknowledged"}, {"u", "unknown"}, {"f", "failed"}, {"x", "fault"}, {"k50", "p50"}, {"k99", "p99"}} {
		fmt.Fprintf(&p.under, "<rect class=\"%s\" x=\"%.0f\" y=\"70\" width=\"10\" height=\"10\" rx=\"2\"/>", k[0], x)
		p.under.WriteString(label(xy{x + 15, 79}, "m", k[1], ""))
		x += 34 + 6.4*float64(len(k[1]))
	}
	p.y = 96
}

func (p *picture) inner() float64 { return pictureWidth - pictureLeft - pictureRight }

// x places a time of the run.
func (p *picture) x(t time.Duration) float64 {
	return pictureLeft + p.inner()*float64(min(max(t, 0), p.s.End))/float64(max(p.s.End, 1))
}

func (p *picture) text(at xy, class, s, anchor string) {
	p.out.WriteString(label(at, class, s, anchor))
}

// xy is a place in the picture.
type xy struct{ x, y float64 }

// label is a line of text; anchor is where its place lies in it: at its start when empty, "middle" or "end".
func label(at xy, class, s, anchor string) string {
	if anchor != "" {
		anchor = ` text-anchor="` + anchor + `"`
	}
	return fmt.Sprintf("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\"%s>%s</text>\n", class, at.x, at.y, anchor, escape(s))
}

// escape makes a text fit for XML: its special characters quoted, characters that XML forbids replaced.
func escape(s string) string {
	var b strings.Builder
	if xml.EscapeText(&b, []byte(wording.Printable(s))) != nil { // a strings.Builder takes everything
		return ""
	}
	return b.String()
}

// fitText is the longest of the wordings that fits a width, at the mean width of a letter, or the last one clipped.
func fitText(wordings []string, width float64) string {
	n := int(width / 6.9)
	for _, w := range wordings {
		if len([]rune(w)) <= n {
			return w
		}
	}
	if n < 2 {
		return ""
	}
	return wording.Clip(wordings[len(wordings)-1], n)
}
