package reports

import (
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports/plot"
	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// summary words the experiment for a person with twenty seconds: the verdict, what was done, what was seen. Details follow.
func (e Experiment) summary(s *plot.Series) []byte {
	m := &markdown{}
	m.line("# %s %s: %s", sign(e.Verdict()), word(e.Verdict()), plain(e.title()))
	m.line("\n%s", plain(e.headline()))
	if e.Error != "" {
		m.line("\n**The experiment did not go as planned:**\n")
		m.code(wording.Clip(e.Error, 4000))
	}
	e.done(m, s)
	claimsTable(m, worstFirst(e.Report.Claims))
	e.nextSteps(m)
	groupsTable(m, e.Report.Availability)
	outagesTable(m, e.Report.Availability)
	e.facts(m, s)
	evidence(m, worstFirst(e.Report.Claims))
	return m.bytes()
}

func (e Experiment) title() string {
	if e.Title != "" {
		return e.Title
	}
	return e.Name
}

func (e Experiment) done(m *markdown, s *plot.Series) {
	m.line("\n## What was done\n")
	faults := 0
	for _, p := range s.Spans {
		if p.Phase != history.Fault || faults >= 20 {
			continue
		}
		faults++
		held := "seen to hold"
		if !p.Confirmed {
			held = "**not** seen to hold"
		}
		m.line("- %s on %s at %s, for %s; %s", plain(p.Name), plain(or(p.Target, "an unnamed target")), wording.Moment(p.Start), wording.Span(p.End-p.Start), held)
	}
	if faults == 0 {
		m.line("- No fault was recorded.")
	}
	a := e.Report.Availability.Sends
	m.line("- %s in %s: %s acknowledged, %s failed, %s unknown", wording.Plural(a.Sends, "send", "sends"), wording.Span(s.End), wording.Count(a.OK), wording.Count(a.Failed), wording.Count(a.Unknown))
}

func claimsTable(m *markdown, claims []verify.Judgement) {
	m.line("\n## Claims\n")
	if len(claims) == 0 {
		m.line("No claim was judged, so nothing was proved.")
		return
	}
	m.head("verdict", "claim", "why", "counts")
	for _, c := range claims {
		m.row(sign(c.Verdict)+" "+string(c.Verdict), c.ID, wording.Clip(c.Why, 600), countsLine(c.Counts))
	}
}

func groupsTable(m *markdown, a verify.Availability) {
	m.line("\n## Outage and recovery\n")
	if len(a.Groups) == 0 && len(a.Sends.Recoveries) == 0 {
		m.line("No broker group was probed.")
		return
	}
	m.head("broker group", ">longest outage", ">outages", ">time to recover", ">served", ">resolution")
	for _, g := range a.Groups {
		m.row(g.Group, longestWords(g), wording.Count(int64(len(g.Outages))), worstRecovery(g.Recoveries), wording.Percent(g.Availability), wording.Span(g.Interval))
	}
	m.row("all, as clients saw it", wording.Span(a.Sends.Longest), wording.Count(int64(len(a.Sends.Pauses))), worstRecovery(a.Sends.Recoveries), "", "")
	m.line("\nTime to recover is from the fault's start to the first success that begins a stable stretch. " +
		"The groups' rows are probes with connections of their own; the last row is the client library.")
}

func worstRecovery(all []verify.Recovery) string {
	if r, ok := slowest(all); ok {
		return recoveryWords(r)
	}
	return "no fault"
}

func outagesTable(m *markdown, a verify.Availability) {
	total := 0
	for _, g := range a.Groups {
		total += len(g.Outages)
	}
	if total == 0 {
		return
	}
	m.line("\n<details><summary>%s</summary>\n", wording.Plural(int64(total), "outage", "outages"))
	m.head("broker group", ">from", ">to", ">lasted")
	shown := 0
	for _, g := range a.Groups {
		for _, o := range g.Outages {
			if shown++; shown > 500 {
				continue
			}
			m.row(g.Group, wording.Moment(o.Start), outageEnd(o), wording.Lasted(o.Length(), o.Open))
		}
	}
	if shown > 500 {
		m.line("\n%s more stand in %s.", wording.Count(int64(shown-500)), VerdictFile)
	}
	m.line("\n</details>")
}

func outageEnd(o verify.Outage) string {
	if o.Open {
		return "the end of the probes"
	}
	return wording.Moment(o.End)
}

func (e Experiment) nextSteps(m *markdown) {
	steps := e.next()
	if len(steps) == 0 {
		return
	}
	m.line("\n## What to do next\n")
	for i, s := range steps {
		m.line("%d. %s", i+1, plain(s))
	}
	e.rerun(m)
}

// rerun gives the command as it must be typed.
func (e Experiment) rerun(m *markdown) {
	if e.Meta.Rerun != "" {
		m.line("\nDo it again (seed %d):\n", e.Meta.Seed)
		m.code(e.Meta.Rerun)
	}
}

// worstFirst orders claims so that a reader meets what is wrong before what is well.
func worstFirst(claims []verify.Judgement) []verify.Judgement {
	out := slices.Clone(claims)
	slices.SortStableFunc(out, func(a, b verify.Judgement) int { return severity(b.Verdict) - severity(a.Verdict) })
	return out
}

func severity(v verify.Verdict) int {
	switch v {
	case verify.Valid:
		return 0
	case verify.Violated:
		return 2
	}
	return 1
}

// facts are what is needed to believe it and to do it again.
func (e Experiment) facts(m *markdown, s *plot.Series) {
	m.line("\n<details><summary>Versions, configuration, how to do it again</summary>\n")
	m.head("what", "value")
	for _, f := range e.factList(s) {
		m.row(f[0], f[1])
	}
	m.line("\n</details>")
}

func (e Experiment) factList(s *plot.Series) (out [][2]string) {
	add := func(name, value string) {
		if value != "" {
			out = append(out, [2]string{name, value})
		}
	}
	add("experiment", e.Name)
	started := e.Meta.Started
	if started.IsZero() {
		started = s.Started
	}
	if !started.IsZero() {
		add("started", started.UTC().Format(time.RFC3339))
	}
	if e.Meta.Took > 0 {
		add("took", wording.Span(e.Meta.Took))
	}
	add("cluster", e.Meta.Cluster)
	for _, k := range sortedKeys(e.Meta.Versions) {
		add(k, e.Meta.Versions[k])
	}
	for _, k := range sortedKeys(e.Meta.Config) {
		add(k, e.Meta.Config[k])
	}
	add("seed", fmt.Sprint(e.Meta.Seed))
	add("run it again", e.Meta.Rerun)
	for _, n := range e.Report.Notes {
		add("note", n)
	}
	return out
}

func evidence(m *markdown, claims []verify.Judgement) {
	for _, c := range claims {
		if len(c.Evidence) == 0 {
			continue
		}
		m.line("\n<details><summary>Evidence for %s</summary>\n", plain(c.ID))
		for _, ev := range c.Evidence {
			m.line("**%s**\n", plain(ev.Summary))
			m.code(evidenceLines(ev))
			m.line("")
		}
		m.line("</details>")
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
