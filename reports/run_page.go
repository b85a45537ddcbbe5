package reports

import (
	"html/template"
	"io"

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
	out := indexPage{frame: newFrame(""), Verdict: r.Verdict(), Word: word(r.Verdict()), Title: printable(r.title()),
		Headline: r.headline(), Error: printable(r.Error)}
	out.Facts = Experiment{Meta: r.Meta}.factList(&series{})
	for _, e := range r.Experiments {
		s, unread := e.collect() // an unreadable history has its word in the experiment's own report
		d := drawing{e: e, s: s, judged: judgementOf(e.Report)}
		picture, err := drawInside(s, d.judged, e.title(), true)
		if err != nil {
			return err
		}
		if unread != nil || s.records == 0 {
			picture = ""
		}
		words, bad := lost(e.Report)
		out.Rows = append(out.Rows, indexRow{Name: e.Name, Link: "./" + e.Name + "/" + TimelineFile, Verdict: e.Verdict(), Title: printable(e.title()), Summary: printable(e.headline()),
			Acks: count(acknowledged(e.Report)), Lost: words, Bad: bad, Groups: e.Report.Availability.Groups, Pause: span(e.Report.Availability.Sends.Longest), Picture: template.HTML(picture)})
	}
	return render(w, "index.html", out)
}
