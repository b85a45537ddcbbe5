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
		outcome, _ := e.Outcome()
		words, _ := lost(e.Report)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", plain(e.Title), e.outcomeWords(outcome), wording.Count(acknowledged(e.Report)), words,
			groupOutage(e.Report.Availability), clientOutage(e.Report.Availability), serving(e.Report.Availability))
	}
	return b.String()
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
