package reports

import (
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// Table is the run as a Markdown table, one experiment a row: what the README shows is made by it.
func (r Run) Table() string {
	var b strings.Builder
	b.WriteString("| scenario | outcome | acknowledged | lost | longest outage of a group | of the whole cluster, as clients saw it | every group serves again after |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|\n")
	for _, e := range r.Experiments {
		s := e.Seen()
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", plain(e.Title), s.Outcome, s.Acknowledged, s.Lost, s.GroupOutage, s.ClientOutage, s.Serving)
	}
	return b.String()
}

// Seen is what an experiment showed, in the words of a table.
type Seen struct {
	Outcome      string // the verdict; of one that has to be caught, that it was
	Acknowledged string // messages
	Lost         string // of these
	GroupOutage  string // the longest of a broker group, and of which
	ClientOutage string // the longest of the whole cluster, as clients saw it
	Serving      string // how long after the fault the last group served again
}

// Seen puts an experiment into words.
func (e Experiment) Seen() Seen {
	outcome, _ := e.Outcome()
	words, _ := lost(e.Report)
	a := e.Report.Availability
	return Seen{e.outcomeWords(outcome), wording.Count(acknowledged(e.Report)), words, groupOutage(a), clientOutage(a), serving(a)}
}

func (e Experiment) outcomeWords(outcome verify.Verdict) string {
	if !e.Expect.Zero() && outcome == verify.Valid {
		return "caught: " + string(e.Expect.Verdict)
	}
	return string(outcome)
}

func groupOutage(a verify.Availability) string {
	worst := longest(a.Groups)
	if worst.Longest == 0 {
		return "none"
	}
	return fmt.Sprintf("%s (%s)", longestWords(worst), worst.Group)
}

func clientOutage(a verify.Availability) string {
	if a.Sends.Longest == 0 {
		return "none"
	}
	return wording.Lasted(a.Sends.Longest, false)
}

// serving words the group that came back last.
func serving(a verify.Availability) string {
	var all []verify.Recovery
	for _, g := range a.Groups {
		all = append(all, g.Recoveries...)
	}
	worst, ok := slowest(all)
	if !ok {
		return "no fault"
	}
	return recoveryWords(worst)
}
