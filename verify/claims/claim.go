// Package claims holds what can be claimed of a run, one file a claim: what it means, what guarantee it stands on,
// when nothing can be said, what to do next, and a pure judgement over facts. A file lists its claim itself; nothing
// else has to be touched.
package claims

import (
	"fmt"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// Facts are what the histories of a run say.
type Facts = facts.Facts

// Claim is one thing that is claimed of a run. Its text, as Parse reads it, is what a history's run line stores.
type Claim interface {
	fmt.Stringer
	ID() string
	Doc() Doc
	// Applies reports whether a run is judged by the claim where nobody asked for it.
	Applies(f *Facts) bool
	// Judge says what the facts show. It is pure.
	Judge(f *Facts) Finding
}

// Doc explains a claim.
type Doc struct {
	Means        string `json:"means"`        // in one sentence
	Guarantee    string `json:"guarantee"`    // of RocketMQ, that it stands on
	Inconclusive string `json:"inconclusive"` // when neither valid nor violated can be said
	NextStep     string `json:"next_step"`    // what to do where it is not valid
}

// Verdict is what can be said of a claim, or of a run.
type Verdict string

// The verdicts, from best to worst.
const (
	Valid        Verdict = "valid"
	Inconclusive Verdict = "inconclusive"
	Violated     Verdict = "violated"
)

// rank orders verdicts. A verdict that is none of these counts as inconclusive.
func (v Verdict) rank() int {
	switch v {
	case Valid:
		return 0
	case Violated:
		return 2
	}
	return 1
}

// Known is the verdict, or inconclusive where it is none of those above.
func (v Verdict) Known() Verdict {
	if v.rank() == 1 {
		return Inconclusive
	}
	return v
}

// Worst is the worse of two verdicts.
func Worst(a, b Verdict) Verdict {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// Finding is the judgement of a claim.
type Finding struct {
	Verdict    Verdict
	Why        string
	Counts     map[string]int64
	Violations []facts.Violation // those to be shown
	Named      []facts.ID        // every message concerned, up to a bound
}

// bare is a claim that takes no figure.
type bare struct {
	id      string
	doc     Doc
	applies func(*Facts) bool
	judge   func(*Facts) Finding
}

func (c *bare) ID() string             { return c.id }
func (c *bare) String() string         { return c.id }
func (c *bare) Doc() Doc               { return c.doc }
func (c *bare) Applies(f *Facts) bool  { return c.applies(f) }
func (c *bare) Judge(f *Facts) Finding { return c.judge(f) }

func always(*Facts) bool { return true }
