package reports

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports/plot"
	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// outageRowsLimit bounds the table of outages; verdict.json holds all of them.
const outageRowsLimit = 1000

type tile struct {
	Label, Value, Note string
	Bad                bool
}

func (d drawing) tiles() []tile {
	r := d.e.Report
	loss, bad := lost(r)
	out := []tile{
		{Label: "acknowledged", Value: wording.Count(acknowledged(r)), Note: "of " + wording.Plural(r.Availability.Sends.Sends, "send", "sends")},
		{Label: "lost of these", Value: loss, Bad: bad},
		{Label: "unknown", Value: wording.Count(r.Availability.Sends.Unknown), Note: "may have taken effect"},
		{Label: "failed", Value: wording.Count(r.Availability.Sends.Failed), Note: "took no effect"},
	}
	if len(r.Availability.Groups) > 0 {
		out = append(out, outageTile(longest(r.Availability.Groups)))
	}
	if all := recoveries(r.Availability); len(all) > 0 {
		out = append(out, recoveryTile(all))
	}
	if q := r.Availability.Latency.Intended; q.Count > 0 {
		out = append(out, tile{Label: "p99 latency", Value: wording.Span(q.P99), Note: "from the intended start"})
	}
	return out
}

// recoveryTile is the slowest recovery of any broker group from any fault.
func recoveryTile(all []verify.Recovery) tile {
	w, _ := slowest(all)
	switch {
	case !w.Interrupted:
		return tile{Label: "time to recover", Value: "0 s", Note: "no group was interrupted"}
	case !w.Recovered:
		return tile{Label: "time to recover", Value: "> " + wording.Span(w.Took), Note: "not stable by the end", Bad: true}
	}
	return tile{Label: "time to recover", Value: wording.Span(w.Took), Note: "from the fault's start"}
}

func outageTile(g verify.GroupAvailability) tile {
	if g.Longest == 0 {
		return tile{Label: "longest outage", Value: "none", Note: "of any broker group"}
	}
	return tile{Label: "longest outage", Value: longestWords(g), Note: g.Group}
}

// recoveries gathers those of the broker groups.
func recoveries(a verify.Availability) (all []verify.Recovery) {
	for _, g := range a.Groups {
		all = append(all, g.Recoveries...)
	}
	return all
}

type outageRow struct {
	Who      string
	From, To string
	Lasted   string
	FromUS   int64
	ToUS     int64
	Length   time.Duration
}

func outageRows(a verify.Availability) (out []outageRow) {
	for _, g := range a.Groups {
		for _, o := range g.Outages {
			out = append(out, outageRow{g.Group, wording.Moment(o.Start), outageEnd(o), wording.Lasted(o.Length(), o.Open), plot.Microseconds(o.Start), plot.Microseconds(o.End), o.Length()})
		}
	}
	if len(out) > outageRowsLimit { // the longest are kept
		slices.SortStableFunc(out, func(a, b outageRow) int { return cmp.Compare(b.Length, a.Length) })
		out = out[:outageRowsLimit]
		slices.SortStableFunc(out, func(a, b outageRow) int { return cmp.Compare(a.FromUS, b.FromUS) })
	}
	return out
}

type quantileRow struct{ From, Count, P50, P90, P99, P999, P9999, Max string }

func quantileRows(l verify.Latency) (out []quantileRow) {
	for _, q := range []struct {
		from string
		verify.Quantiles
	}{{"intended start", l.Intended}, {"actual start", l.Actual}} {
		if q.Count > 0 {
			out = append(out, quantileRow{q.from, wording.Count(q.Count), wording.Span(q.P50), wording.Span(q.P90), wording.Span(q.P99), wording.Span(q.P999), wording.Span(q.P9999), wording.Span(q.Max)})
		}
	}
	return out
}

type answerRow struct{ Outcome, Status, Count string }

func answerRows(s *plot.Series) (out []answerRow) {
	type pair struct {
		a plot.Answer
		n int64
	}
	var all []pair
	for a, n := range s.Answers {
		all = append(all, pair{a, n})
	}
	slices.SortFunc(all, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.a.Status, b.a.Status), cmp.Compare(a.a.Outcome, b.a.Outcome))
	})
	for _, p := range all {
		out = append(out, answerRow{outcomeWord[p.a.Outcome], wording.Printable(or(p.a.Status, "(no status)")), wording.Count(p.n)})
	}
	return out
}

var outcomeWord = map[history.Outcome]string{history.OK: "acknowledged", history.Failed: "failed", history.Unknown: "unknown"}

type claimRow struct {
	verify.Judgement
	Definition verify.Doc
	Figures    [][2]string
	Shown      []evidenceRow
	NamedText  string
	NamedCount int
}

type evidenceRow struct {
	Summary, Operation, Timeline string
	Open                         bool // the first of a violated claim
}

// namedLimit bounds how many of a claim's messages the page lists; verdict.json holds all of them.
const namedLimit = 2000

func claimRows(judged []verify.Judgement) (out []claimRow) {
	for _, c := range worstFirst(judged) {
		row := claimRow{Judgement: c, NamedCount: len(c.Named)}
		row.Why = wording.Printable(c.Why)
		k, _ := claims.Named(c.ID)
		row.Definition = k.Doc
		for _, k := range countOrder(c.Counts) {
			row.Figures = append(row.Figures, [2]string{words(k), wording.Count(c.Counts[k])})
		}
		for i, e := range c.Evidence {
			row.Shown = append(row.Shown, evidenceRow{wording.Printable(e.Summary), operationLine(e), wording.Printable(strings.Join(e.Timeline, "\n")), i == 0 && c.Verdict == verify.Violated})
		}
		named := c.Named[:min(len(c.Named), namedLimit)]
		row.NamedText = wording.Printable(strings.Join(named, " "))
		out = append(out, row)
	}
	return out
}

// operationLine is the operation as a line of the history; verdict.json has it indented.
func operationLine(e verify.Evidence) string {
	var compact bytes.Buffer
	if json.Compact(&compact, e.Operation) != nil {
		return ""
	}
	return wording.Printable(compact.String())
}

// evidenceLines is the operation, and below it what went on around it.
func evidenceLines(e verify.Evidence) string {
	return strings.TrimSpace(operationLine(e) + "\n\n" + wording.Printable(strings.Join(e.Timeline, "\n")))
}
