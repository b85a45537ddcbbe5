// Package compare sets the reports of two configurations side by side: which findings and promises are new, gone,
// better or worse.
package compare

import (
	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// State is what became of a finding or a promise.
type State string

// The states. Changed is neither better nor worse: other words, or a loss of which nothing is known any more.
const (
	Same    State = "same"
	New     State = "new"
	Gone    State = "gone"
	Better  State = "better"
	Worse   State = "worse"
	Changed State = "changed"
)

// Finding is one of either report.
type Finding struct {
	State State `json:"state"`
	rules.Finding
	// Was is the severity before, where it is another one.
	Was rules.Severity `json:"was,omitempty"`
}

// Promise is what one group promises under one failure, before and after; nil where there is no such group. Where groups
// came or went, one without a name is the weakest of the cluster.
type Promise struct {
	State   State            `json:"state"`
	Cluster string           `json:"cluster"`
	Group   string           `json:"group"`
	Failure promise.Failure  `json:"failure"`
	Before  *promise.Outcome `json:"before,omitempty"`
	After   *promise.Outcome `json:"after,omitempty"`
}

// Change is everything that differs, and what stayed the same.
type Change struct {
	// GotWorse says whether any promise did.
	GotWorse bool      `json:"worse"`
	Promises []Promise `json:"promises"`
	Findings []Finding `json:"findings"`
	// ExitCode is the command's, for who reads its output alone.
	ExitCode int `json:"exitCode"`
}

// Of compares an older report with a newer one.
func Of(older, newer audit.Report) Change {
	c := Change{Findings: findings(older.Findings, newer.Findings), Promises: promises(older.Promise, newer.Promise)}
	for _, p := range c.Promises {
		c.GotWorse = c.GotWorse || p.State == Worse
	}
	return c
}

// Worse says whether any promise got worse.
func (c Change) Worse() bool { return c.GotWorse }

// New returns the findings that are new, and those that are more severe than before.
func (c Change) New() []rules.Finding {
	var all []rules.Finding
	for _, f := range c.Findings {
		if f.State == New || f.State == Worse {
			all = append(all, f.Finding)
		}
	}
	return all
}
