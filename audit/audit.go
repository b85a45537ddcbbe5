package audit

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// Report is everything that an audit says; its JSON form is the command's.
type Report struct {
	Findings []rules.Finding `json:"findings"`
	// Suppressed are findings that somebody accepts, each with the reason.
	Suppressed []rules.Finding `json:"suppressed"`
	Unresolved []Unresolved    `json:"unresolved"`
	Promise    promise.Promise `json:"promise"`
	// Objects counts the Kubernetes objects of the input, PassedOver what in it does not concern RocketMQ.
	Objects int `json:"objects"`
	// SingleNode says that the input is a small set-up that promises no high availability: one broker, one NameServer.
	SingleNode bool `json:"singleNode"`
	PassedOver int  `json:"passedOver"`
	// Error says why nothing was judged, although something was read.
	Error string `json:"error,omitempty"`
	// ExitCode is the command's, for who reads its output alone.
	ExitCode int `json:"exitCode"`
}

// Unresolved is something that decides and cannot be told from the input.
type Unresolved struct {
	Object string `json:"object"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	// RenderedLine stands in for Line where only the line of the rendered file is known.
	RenderedLine int    `json:"renderedLine,omitempty"`
	What         string `json:"what"`
	Reason       string `json:"reason"`
}

// ErrNoRocketMQ is the error for an input in which nothing runs RocketMQ: silence about it would look like praise.
var ErrNoRocketMQ = errors.New("nothing in the input runs RocketMQ; is it the right file, folder or namespace?")

// Run judges an input. Suppress accepts findings of a rule everywhere, with a reason.
func Run(set input.Set, suppress map[string]string) (Report, error) {
	m := model.Build(set)
	report := Report{
		Findings: []rules.Finding{}, Suppressed: []rules.Finding{}, Unresolved: []Unresolved{},
		Objects: len(set.Objects), PassedOver: m.Passed, SingleNode: single(m),
	}
	here, _ := filepath.Abs(".")
	if len(m.Workloads) == 0 {
		report.Unresolved, report.Error = unresolved(m, here), ErrNoRocketMQ.Error()
		return report, ErrNoRocketMQ
	}
	accepted := annotations(m)
	findings, doubts := rules.Judge(m)
	report.Findings = findings[:0] // in their place, as there may be thousands
	for _, f := range findings {
		f.File, f.Line, f.RenderedLine = place(here, f.File, f.Line)
		if reason := accepted.reason(f, suppress); reason != "" {
			f.Suppressed = reason
			report.Suppressed = append(report.Suppressed, f)
		} else {
			report.Findings = append(report.Findings, f)
		}
	}
	report.Unresolved = unresolved(m, here)
	// Who accepts a finding with a reason says that it does not apply, and the promise stands.
	doubts = slices.DeleteFunc(doubts, func(d promise.Doubt) bool {
		return accepted.reason(rules.Finding{Rule: d.Rule, Object: d.Object}, suppress) != ""
	})
	report.Promise = promise.Derive(m, doubts)
	for i := range report.Promise.Clusters {
		c := &report.Promise.Clusters[i]
		shorten(here, c.Outcomes)
		for j := range c.Groups {
			shorten(here, c.Groups[j].Outcomes)
		}
	}
	return report, nil
}

func unresolved(m *model.Model, here string) []Unresolved {
	all := []Unresolved{}
	for _, u := range m.Unresolved {
		file, line, rendered := place(here, u.Pos.File, u.Pos.Line)
		all = append(all, Unresolved{u.Object, file, line, rendered, u.What, u.Reason})
	}
	return all
}

func shorten(here string, outcomes []promise.Outcome) {
	for i := range outcomes {
		if keys := outcomes[i].Keys; keys != nil && !slices.ContainsFunc(keys, func(k promise.Key) bool { return shortened(here, k) != k }) {
			continue // those of a group share one list
		}
		keys := append([]promise.Key{}, outcomes[i].Keys...)
		for j := range keys {
			keys[j] = shortened(here, keys[j])
		}
		outcomes[i].Keys = keys
	}
}

func shortened(here string, k promise.Key) promise.Key {
	k.File, k.Line, _ = place(here, k.File, k.Line)
	return k
}

// place shortens a file's path and tells a line of the file from one that only the rendered file has.
func place(here, file string, at int) (short string, line, rendered int) {
	return relative(here, file), max(at, 0), max(-at, 0)
}

// relative shortens a path inside the working directory.
func relative(here, file string) string {
	if !filepath.IsAbs(file) {
		return file
	}
	if short, err := filepath.Rel(here, file); err == nil && !strings.HasPrefix(short, "..") {
		return short
	}
	return file
}

// Worst returns the worst severity of a report that is not suppressed, "" when there is nothing.
func (r Report) Worst() rules.Severity {
	var worst rules.Severity
	for _, f := range r.Findings {
		if worst == "" || f.Severity.Rank() < worst.Rank() {
			worst = f.Severity
		}
	}
	return worst
}
