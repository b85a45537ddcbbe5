package output

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/compare"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// sarif is a report in the format of code scanning, version 2.1.0; suppressed findings carry their reason.
func sarif(r audit.Report) sarifLog {
	run, index := newRun()
	for _, f := range slices.Concat(r.Findings, r.Suppressed) {
		run.Results = append(run.Results, toResult(f, index[f.Rule]))
	}
	if r.Error != "" {
		run.Invocations = failed(r.ExitCode, r.Error)
	}
	return wrap(run)
}

// promiseRule is the rule under which code scanning shows a promise that got worse.
const promiseRule = "promise-worse"

// sarifChange is a comparison: each result says what became of it, and a promise that got worse is a result as well.
func sarifChange(c compare.Change) sarifLog {
	run, index := newRun()
	const text = "A promise of the configuration got worse"
	index[promiseRule] = len(run.Tool.Driver.Rules)
	run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, toRule(rules.Rule{
		ID: promiseRule, Severity: rules.Error, Category: "promise", Title: text,
		Explain: "What an acknowledgement is worth under a failure, or whether sends go on, is less than before.", Source: "docs/audit-guide.md",
	}))
	baseline := map[compare.State]string{compare.Same: "unchanged", compare.New: "new", compare.Gone: "absent"}
	for _, f := range c.Findings {
		result := toResult(f.Finding, index[f.Rule])
		if result.Baseline = baseline[f.State]; result.Baseline == "" {
			result.Baseline = "updated"
		}
		run.Results = append(run.Results, result)
	}
	for _, p := range c.Promises {
		if p.State == compare.Worse {
			result := toResult(worse(p), index[promiseRule])
			result.Baseline = "new"
			run.Results = append(run.Results, result)
		}
	}
	return wrap(run)
}

// worse says as a finding that a promise got worse; it stands at the first key that decides it.
func worse(p compare.Promise) rules.Finding {
	f := rules.Finding{
		Rule: promiseRule, Severity: rules.Error, Object: whose(p),
		Message: fmt.Sprintf("%s: was %s; is %s.", p.Failure, brief(p.Before), brief(p.After)), Fix: p.After.Sentence,
	}
	if len(p.After.Keys) > 0 {
		f.File, f.Line = p.After.Keys[0].File, p.After.Keys[0].Line
	}
	return f
}

// brief is an outcome in a few words.
func brief(o *promise.Outcome) string {
	text := string(o.Acknowledged)
	if o.UpToMS > 0 {
		text += fmt.Sprintf(" %d ms", o.UpToMS)
	}
	return fmt.Sprintf("%s, sends %s", text, o.Sends)
}

// sarifFailure is a run that came to no result.
func sarifFailure(code int, err error) sarifLog {
	run, _ := newRun()
	run.Results = nil
	run.Invocations = failed(code, err.Error())
	return wrap(run)
}

func failed(code int, why string) []invocation {
	note := notification{Level: "error"}
	note.Message.Text = why
	return []invocation{{ExitCode: code, Notifications: []notification{note}}}
}

func newRun() (sarifRun, map[string]int) {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []result{}}
	run.Tool.Driver = driver{Name: "rmqproof audit", InformationURI: home}
	index := map[string]int{}
	for i, rule := range rules.All() {
		index[rule.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, toRule(rule))
	}
	return run, index
}

func wrap(run sarifRun) sarifLog {
	return sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}
}

func toRule(r rules.Rule) sarifRule {
	s := sarifRule{ID: r.ID, Short: text{r.Title}, Full: text{r.Explain}, Help: text{r.Explain + " Source: " + r.Source}}
	s.Default.Level = level(r.Severity)
	s.Properties.Tags = []string{r.Category, string(r.Consequence())}
	return s
}

func level(s rules.Severity) string {
	if s == rules.Info {
		return "note"
	}
	return string(s)
}

func toResult(f rules.Finding, index int) result {
	sum := sha256.Sum256([]byte(f.Rule + "\x00" + f.Object + "\x00" + f.Message))
	out := result{
		RuleID: f.Rule, RuleIndex: index, Level: level(f.Severity), Message: text{f.Message + " Fix: " + f.Fix},
		Locations:    []location{{Logical: []logical{{f.Object, "resource"}}}},
		Fingerprints: map[string]string{"finding/v1": hex.EncodeToString(sum[:16])},
	}
	if f.File != "" && f.File != "stdin" && !strings.HasPrefix(f.File, "namespace ") {
		at := &physical{}
		at.Artifact.URI = (&url.URL{Path: filepath.ToSlash(f.File)}).String()
		if f.Line > 0 {
			at.Region = &region{f.Line}
		}
		out.Locations[0].Physical = at
	}
	if f.Suppressed != "" {
		out.Suppressions = []accepted{{"external", f.Suppressed}}
	}
	return out
}
