package reports

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/verify"
)

// The chart is drawn by a script of our own of some 20 kB. The usual plotting library of this size (uPlot, 50 kB) draws
// lines over a shared axis; of what this page shows (strips, fault bands, a cloud of sends whose cells keep their
// numbers, outages with their durations) everything but the axis would still have been ours to draw on its canvas.
//
//go:embed assets/*.js assets/*.html
var assets embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"span": span, "moment": moment, "count": count, "percent": percent, "recovery": worstRecovery, "longest": longestWords, "upper": word, "text": printable,
}).ParseFS(assets, "assets/*.html"))

// drawing is an experiment and what one pass over its history left to draw.
type drawing struct {
	e      Experiment
	s      *series
	judged judgement
}

// frame is what every page has: its style, its script, and a policy that allows these two and no request at all.
type frame struct {
	Style  template.CSS
	Script template.JS
	Policy string
}

func newFrame(script string) frame {
	style := "\n" + colours(":root") + pageCSS + pictureCSS
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '" + digest(style) + "'"
	if script != "" {
		policy += "; script-src '" + digest(script) + "'"
	}
	return frame{template.CSS(style), template.JS(script), policy}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// script joins the chart's files into one function, so that nothing of it is global.
func script() string {
	var b strings.Builder
	b.WriteString("(() => {\n")
	for _, name := range []string{"1-data.js", "2-draw.js", "3-panels.js", "4-input.js"} {
		part, err := assets.ReadFile("assets/" + name)
		if err != nil {
			panic("reports: not embedded: " + name) // the embed directive above names it
		}
		b.Write(part)
	}
	b.WriteString("})();\n")
	return b.String()
}

// page is what the template of timeline.html shows.
type page struct {
	frame
	E         Experiment
	Verdict   verify.Verdict
	Word      string
	Title     string
	Headline  string
	Tiles     []tile
	Drawn     bool // there is something to draw
	Picture   template.HTML
	Data      template.JS
	Honesty   string
	Outages   []outageRow
	Groups    []verify.GroupAvailability
	Sends     verify.SendAvailability
	Spans     []verify.SpanAvailability
	Latency   []quantileRow
	Answers   []answerRow
	Claims    []claimRow
	Next      []string
	Facts     [][2]string
	Described string // the picture in words
}

// page writes timeline.html.
func (d drawing) page(w io.Writer) error {
	picture, err := drawInside(d.s, d.judged, d.e.title(), false)
	if err != nil {
		return err
	}
	data, err := json.Marshal(plotOf(d.s, d.judged)) // escapes <, > and &: no text in it can end its script element
	if err != nil {
		return fmt.Errorf("write the plot's data: %w", err)
	}
	a := d.e.Report.Availability
	return render(w, "timeline.html", page{
		frame: newFrame(script()), E: d.e, Verdict: d.e.Verdict(), Word: word(d.e.Verdict()), Title: printable(d.e.title()),
		Headline: printable(d.e.headline()), Tiles: d.tiles(), Drawn: d.s.end > 0, Picture: template.HTML(picture), Data: template.JS(data),
		Honesty: d.honesty(), Outages: outageRows(a), Groups: a.Groups, Sends: a.Sends, Spans: a.Spans,
		Latency: quantileRows(a.Latency), Answers: answerRows(d.s), Claims: claimRows(d.e.Report.Claims),
		Next: d.e.next(), Facts: d.e.factList(d.s), Described: d.described(),
	})
}

func render(w io.Writer, name string, data any) error {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("fill in %s: %w", name, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// alone writes timeline.svg.
func (d drawing) alone(w io.Writer) error {
	return drawAlone(w, d.s, d.judged, caption{string(d.e.Verdict()), d.e.title(), d.e.headline()})
}

// WriteSVG draws an experiment's timeline as a picture without script, light or dark as its reader prefers: for a README.
func WriteSVG(w io.Writer, e Experiment) error {
	e = redacted(e)
	s, err := e.collect()
	if err != nil {
		return err
	}
	return drawing{e: e, s: s, judged: judgementOf(e.Report)}.alone(w)
}

// honesty says what the picture merged, if anything.
func (d drawing) honesty() string {
	n := d.s.sent.total()
	parts := []string{fmt.Sprintf("Drawn from all %s and %s.", plural(n, "send", "sends"), plural(d.s.probed.total(), "probe", "probes"))}
	if w := max(d.s.intended.width(), d.s.actual.width()); w > 0 {
		parts = append(parts, fmt.Sprintf("Sends are merged into cells of %s by a %dth of a power of ten of latency, each with its number and its slowest send; none is left out.", span(w), rowsPerDecade))
	} else if n > 0 {
		parts = append(parts, "Each mark of the latency panel is one send.")
	}
	coarsest := time.Duration(0)
	for _, g := range d.s.groups {
		coarsest = max(coarsest, g.probes.width)
	}
	if coarsest > 0 {
		parts = append(parts, fmt.Sprintf("Strips have columns of %s: a column in which any probe failed is drawn as failed, at least 2 px wide.", span(coarsest)))
	}
	if d.s.left > 0 {
		parts = append(parts, fmt.Sprintf("%s of broker groups beyond the first %d are not drawn.", plural(d.s.left, "record", "records"), groupsLimit))
	}
	return strings.Join(parts, " ")
}

// described is the picture in words, for those who do not see it; the tables hold its figures.
func (d drawing) described() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Timeline of %s. ", span(d.s.end))
	for _, s := range d.s.spans {
		fmt.Fprintf(&b, "%s (%s) from %s to %s. ", clip(s.Name, 80), s.Phase, moment(s.Start), moment(s.End))
	}
	return clip(b.String(), 1500) + d.e.headline() + " The tables below hold every outage, claim and figure."
}
