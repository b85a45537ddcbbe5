package reports

import (
	"fmt"

	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// summary words the run: its verdict first, then a line for each experiment.
func (r Run) summary() []byte {
	m := &markdown{}
	m.line("# %s %s: %s", sign(r.Verdict()), word(r.Verdict()), plain(r.title()))
	m.line("\n%s", plain(r.headline()))
	if r.Error != "" {
		m.line("\n**The run did not go as planned:**\n")
		m.code(wording.Clip(r.Error, 4000))
	}
	if len(r.Experiments) > 0 {
		m.line("")
		m.head("verdict", "fault", ">acknowledged", ">lost", ">longest outage", ">time to recover", ">clients' pause")
	}
	for _, e := range r.Experiments {
		words, _ := lost(e.Report)
		a := e.Report.Availability
		m.row(sign(e.Verdict())+" "+string(e.Verdict()), e.title(), wording.Count(acknowledged(e.Report)), words,
			perGroup(a.Groups, longestWords),
			perGroup(a.Groups, func(g verify.GroupAvailability) string { return worstRecovery(g.Recoveries) }),
			wording.Span(a.Sends.Longest))
	}
	for _, e := range r.Experiments {
		r.trouble(m, e)
	}
	Experiment{Meta: r.Meta}.rerun(m)
	return m.bytes()
}

// trouble says of an experiment that is not valid what was seen and what to do.
func (r Run) trouble(m *markdown, e Experiment) {
	steps := e.next()
	if len(steps) == 0 {
		return
	}
	m.line("\n## %s %s: %s\n", sign(e.Verdict()), word(e.Verdict()), plain(e.title()))
	m.line("%s\n", plain(e.headline()))
	if e.Error != "" {
		m.code(wording.Clip(e.Error, 2000))
	}
	for _, c := range e.Report.Claims {
		if c.Verdict != verify.Valid {
			m.line("- %s **%s**: %s", sign(c.Verdict), plain(c.ID), plain(wording.Clip(c.Why, 600)))
		}
	}
	m.line("\nWhat to do next, in the folder %s:\n", plain(e.Name))
	for i, s := range steps {
		m.line("%d. %s", i+1, plain(s))
	}
	if e.Meta.Rerun != r.Meta.Rerun || e.Meta.Seed != r.Meta.Seed { // else the run says it below
		e.rerun(m)
	}
}

// perGroup words a figure of each broker group.
func perGroup(groups []verify.GroupAvailability, word func(verify.GroupAvailability) string) string {
	out := ""
	for i, g := range groups {
		if i > 0 {
			out += "; "
		}
		out += g.Group + " " + word(g)
	}
	return or(out, "–")
}

func (r Run) title() string { return or(r.Title, "rmqproof") }

func (r Run) headline() string {
	tally := map[verify.Verdict]int64{}
	var acks int64
	for _, e := range r.Experiments {
		tally[e.Verdict()]++
		acks += acknowledged(e.Report)
	}
	return fmt.Sprintf("%s: %d valid, %d violated, %d inconclusive. %s acknowledged in all.",
		wording.Plural(int64(len(r.Experiments)), "experiment", "experiments"),
		tally[verify.Valid], tally[verify.Violated], tally[verify.Inconclusive], wording.Plural(acks, "send", "sends"))
}
