package verify

import "encoding/json"

// Report is the judgement of one run.
type Report struct {
	Verdict      Verdict      `json:"verdict"`
	Claims       []Judgement  `json:"claims"`
	NotJudged    []NotJudged  `json:"not_judged,omitempty"`
	Availability Availability `json:"availability"`
	Notes        []string     `json:"notes,omitempty"` // what a reader should know of the history itself, such as a torn tail
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
