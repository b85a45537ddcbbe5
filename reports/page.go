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

	"github.com/rmqproof/rmqproof/reports/plot"
	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

//go:embed assets/*.html
var assets embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"span": wording.Span, "moment": wording.Moment, "count": wording.Count, "percent": wording.Percent, "recovery": worstRecovery, "longest": longestWords, "upper": word, "text": wording.Printable,
}).ParseFS(assets, "assets/*.html"))

// drawing is an experiment and what one pass over its history left to draw.
type drawing struct {
	e      Experiment
	s      *plot.Series
	judged plot.Judged
}

// frame is what every page has: its style, its script, and a policy that allows these two and no request at all.
type frame struct {
	Style  template.CSS
	Script template.JS
	Policy string
}

func newFrame(script string) frame {
	style := "\n" + plot.Style()
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
	Notes     string
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
	picture, err := plot.Inside(d.s, d.judged, d.e.title())
	if err != nil {
		return err
	}
	data, err := json.Marshal(plot.DataOf(d.s, d.judged)) // escapes <, > and &: no text in it can end its script element
	if err != nil {
		return fmt.Errorf("write the plot's data: %w", err)
	}
	a := d.e.Report.Availability
	return render(w, "timeline.html", page{
		frame: newFrame(plot.Script()), E: d.e, Verdict: d.e.Verdict(), Word: word(d.e.Verdict()), Title: wording.Printable(d.e.title()),
		Headline: wording.Printable(d.e.headline()), Tiles: d.tiles(), Drawn: d.s.End > 0, Picture: template.HTML(picture), Data: template.JS(data),
		Notes: d.s.Notes(), Outages: outageRows(a), Groups: a.Groups, Sends: a.Sends, Spans: a.Spans,
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
	return plot.Alone(w, d.s, d.judged, plot.Caption{Verdict: string(d.e.Verdict()), Title: d.e.title(), Note: d.e.headline()})
}

// described is the picture in words, for those who do not see it; the tables hold its figures.
func (d drawing) described() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Timeline of %s. ", wording.Span(d.s.End))
	for _, s := range d.s.Spans {
		fmt.Fprintf(&b, "%s (%s) from %s to %s. ", wording.Clip(s.Name, 80), s.Phase, wording.Moment(s.Start), wording.Moment(s.End))
	}
	return wording.Clip(b.String(), 1500) + d.e.headline() + " The tables below hold every outage, claim and figure."
}
