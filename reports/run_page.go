package reports

import (
	"html/template"
	"io"

	"github.com/rmqproof/rmqproof/reports/plot"
	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// indexPage is what the template of index.html shows.
type indexPage struct {
	frame
	Verdict  verify.Verdict
	Word     string
	Title    string
	Headline string
	Error    string
	Facts    [][2]string
	Rows     []indexRow
}

type indexRow struct {
	Name, Link     string
	Verdict        verify.Verdict
	Title, Summary string
	Acks, Lost     string
	Bad            bool
	Groups         []verify.GroupAvailability
	Pause          string
	Picture        template.HTML
}

// page writes index.html, with a small picture of each experiment.
func (r Run) page(w io.Writer) error {
	out := indexPage{frame: newFrame(""), Verdict: r.Verdict(), Word: word(r.Verdict()), Title: wording.Printable(r.title()),
		Headline: r.headline(), Error: wording.Printable(r.Error)}
	out.Facts = Experiment{Meta: r.Meta}.factList(&plot.Series{})
	for _, e := range r.Experiments {
		s, unread := e.collect() // an unreadable history has its word in the experiment's own report
		d := drawing{e: e, s: s, judged: judgedOf(e.Report)}
		picture, err := plot.Small(s, d.judged, e.title())
		if err != nil {
			return err
		}
		if unread != nil || s.Records == 0 {
			picture = ""
		}
		words, bad := lost(e.Report)
		out.Rows = append(out.Rows, indexRow{Name: e.Name, Link: "./" + e.Name + "/" + TimelineFile, Verdict: e.Verdict(), Title: wording.Printable(e.title()), Summary: wording.Printable(e.headline()),
			Acks: wording.Count(acknowledged(e.Report)), Lost: words, Bad: bad, Groups: e.Report.Availability.Groups, Pause: wording.Span(e.Report.Availability.Sends.Longest), Picture: template.HTML(picture)})
	}
	return render(w, "index.html", out)
}
