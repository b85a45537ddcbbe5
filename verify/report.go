package verify

import (
	"encoding/json"
	"time"
)

// Verdict is what can be said of a claim, or of a run.
type Verdict string

// The verdicts, from best to worst.
const (
	Valid        Verdict = "valid"
	Inconclusive Verdict = "inconclusive"
	Violated     Verdict = "violated"
)

// rank orders verdicts; a verdict that is none of ours counts as inconclusive.
func (v Verdict) rank() int {
	switch v {
	case Valid:
		return 0
	case Violated:
		return 2
	}
	return 1
}

// Worst is the worse of two verdicts.
func Worst(a, b Verdict) Verdict {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// Report is the judgement of one run.
type Report struct {
	Verdict      Verdict      `json:"verdict"`
	Claims       []Claim      `json:"claims"`
	Availability Availability `json:"availability"`
	Notes        []string     `json:"notes,omitempty"` // what a reader should know of the history itself, such as a torn tail
}

// Claim is the judgement of one claim.
type Claim struct {
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

// Availability is what the probes and the sends show of the service's outages. All times are since the run's start.
type Availability struct {
	Groups  []GroupAvailability `json:"groups"`
	Sends   SendAvailability    `json:"sends"`
	Latency Latency             `json:"latency"`
	Spans   []SpanAvailability  `json:"spans"`
}

// Outage is a stretch without service.
type Outage struct {
	Start time.Duration `json:"start"`
	End   time.Duration `json:"end"`
	Open  bool          `json:"open"` // it had not ended when the observation did
}

// Length is how long the outage was seen to last.
func (o Outage) Length() time.Duration { return o.End - o.Start }

// Recovery tells how long after a fault's start service was stable again.
type Recovery struct {
	Fault       string        `json:"fault"`
	Target      string        `json:"target"`
	Start       time.Duration `json:"start"` // of the fault
	Interrupted bool          `json:"interrupted"`
	Recovered   bool          `json:"recovered"`
	Took        time.Duration `json:"took"` // 0 where not interrupted; where not recovered, how long was watched
}

// GroupAvailability is one broker group as its probes saw it.
type GroupAvailability struct {
	Group        string        `json:"group"`
	Probes       int64         `json:"probes"`
	OK           int64         `json:"ok"`
	Interval     time.Duration `json:"interval"` // median distance of the probes, the resolution of all below
	Outages      []Outage      `json:"outages"`
	Longest      time.Duration `json:"longest"`
	Down         time.Duration `json:"down"`
	Observed     time.Duration `json:"observed"`     // from the first probe to the last
	Unobserved   time.Duration `json:"unobserved"`   // of that, stretches without a probe
	Availability float64       `json:"availability"` // share of the observed time that was no outage
	Recoveries   []Recovery    `json:"recoveries"`
}

// SendAvailability is the whole cluster as the clients saw it.
type SendAvailability struct {
	Sends      int64         `json:"sends"`
	OK         int64         `json:"ok"`
	Failed     int64         `json:"failed"`
	Unknown    int64         `json:"unknown"`
	Gap        time.Duration `json:"gap"`    // the longest time between two acknowledgements that is no pause
	Pauses     []Outage      `json:"pauses"` // longer stretches in which sends were tried and none was acknowledged
	Longest    time.Duration `json:"longest"`
	Recoveries []Recovery    `json:"recoveries"`
}

// Latency is that of acknowledged sends.
type Latency struct {
	Intended Quantiles `json:"intended"` // from the time that the schedule wanted
	Actual   Quantiles `json:"actual"`   // from the time that the client was called
}

// Quantiles of a latency, to a relative error below 1 in 1000.
type Quantiles struct {
	Count int64         `json:"count"`
	P50   time.Duration `json:"p50"`
	P90   time.Duration `json:"p90"`
	P99   time.Duration `json:"p99"`
	P999  time.Duration `json:"p99_9"`
	P9999 time.Duration `json:"p99_99"`
	Max   time.Duration `json:"max"`
}

// SpanAvailability is what happened in one span.
type SpanAvailability struct {
	Name      string        `json:"name"`
	Phase     string        `json:"phase"`
	Target    string        `json:"target"`
	Start     time.Duration `json:"start"`
	End       time.Duration `json:"end"`
	Confirmed bool          `json:"confirmed"`
	Sends     int64         `json:"sends"` // started in the span
	OK        int64         `json:"ok"`    // of these, acknowledged
	Ratio     float64       `json:"ratio"` // OK of Sends, 0 where there were none
	Acks      int64         `json:"acks"`  // acknowledgements that arrived in the span
	Probes    int64         `json:"probes"`
	ProbesOK  int64         `json:"probesOk"`
}
