package reports

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/rmqproof/rmqproof/reports/wording"
)

// rocketMQ is the key of its version among an experiment's versions.
const rocketMQ = "rocketmq"

// Matrix is what runs say of each scenario under each version of RocketMQ, as a Markdown table. Several runs of one scenario
// share a cell; one that was never run says so.
func Matrix(runs []Run) string {
	cells := map[string]map[string][]string{}
	var names, versions []string
	for _, r := range runs {
		for _, e := range r.Experiments {
			version := e.Meta.Versions[rocketMQ]
			if cells[e.Name] == nil {
				cells[e.Name], names = map[string][]string{}, append(names, e.Name)
			}
			if !slices.Contains(versions, version) {
				versions = append(versions, version)
			}
			cells[e.Name][version] = append(cells[e.Name][version], e.cell())
		}
	}
	slices.SortFunc(versions, func(a, b string) int { return semver.Compare("v"+a, "v"+b) })
	var b strings.Builder
	fmt.Fprintf(&b, "| scenario | %s |\n|---|%s\n", strings.Join(versions, " | "), strings.Repeat("---|", len(versions)))
	for _, name := range names {
		fmt.Fprintf(&b, "| `%s` |", name)
		for _, version := range versions {
			words := "not run"
			if of := cells[name][version]; len(of) > 0 {
				words = strings.Join(of, "; ")
			}
			fmt.Fprintf(&b, " %s |", words)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cell words one experiment: its outcome and by which claims, what was lost, and for how long a group was out.
func (e Experiment) cell() string {
	outcome, _ := e.Outcome()
	words := e.outcomeWords(outcome)
	if by := e.violated(); len(by) > 0 {
		words += " (" + strings.Join(by, ", ") + ")"
	}
	lost, _ := lost(e.Report)
	return fmt.Sprintf("%s, %s of %s lost, out %s", words, lost, wording.Count(acknowledged(e.Report)), longestOutage(e))
}

func longestOutage(e Experiment) string {
	if worst := longest(e.Report.Availability.Groups); worst.Longest > 0 {
		return longestWords(worst)
	}
	return "never"
}
