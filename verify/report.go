package verify

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// Report is the judgement of one run.
type Report struct {
	Verdict      Verdict      `json:"verdict"`
	Run          Run          `json:"run"`
	Claims       []Judgement  `json:"claims"`
	NotJudged    []NotJudged  `json:"not_judged,omitempty"`
	Availability Availability `json:"availability"`
	Problems     []string     `json:"problems,omitempty"` // what went wrong with the run itself: with any, it is inconclusive at best
	Notes        []string     `json:"notes,omitempty"`    // what a reader should know of the history itself, such as a torn tail
}

// Judgement is that of one claim.
type Judgement struct {
	ID       string           `json:"claim"`
	Verdict  Verdict          `json:"verdict"`
	Counts   map[string]int64 `json:"counts"`
	Why      string           `json:"why"`
	Evidence []Evidence       `json:"evidence"`
	// Named lists every message concerned as "producer:seq" or "producer:first-last", beyond what Evidence shows.
	Named []string `json:"named,omitempty"`
}

// Evidence is one operation that shows why a claim is violated, with what went on around it.
type Evidence struct {
	Summary   string          `json:"summary"`
	Operation json.RawMessage `json:"operation"` // the record, as a line of the history
	Timeline  []string        `json:"timeline"`
}

// NotJudged is a claim that the run was not judged by.
type NotJudged struct {
	ID  string `json:"claim"`
	Why string `json:"why"`
}

// Run is which run was judged.
type Run struct {
	ID      string    `json:"id"`
	Started time.Time `json:"started,omitzero"`
	Tool    string    `json:"tool,omitempty"` // version of the program that recorded it
}

func runOf(a facts.Announced) Run {
	return Run{ID: strings.Join(a.IDs, ", "), Started: a.Started, Tool: strings.Join(a.Tools, ", ")}
}

// String names the run in a line.
func (r Run) String() string {
	s := "run " + r.ID
	if r.ID == "" {
		s = "run without a name"
	}
	if !r.Started.IsZero() {
		s += ", started " + r.Started.UTC().Format(time.RFC3339)
	}
	if r.Tool != "" {
		s += ", recorded by rmqproof " + r.Tool
	}
	return s
}
