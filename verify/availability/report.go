// Package availability works out from probes, sends and spans when service was out, and how long after each
// fault it was stable again. It knows no messages.
package availability

import "time"

// Report is what the probes and the sends show of the service's outages. All times are since the run's start.
type Report struct {
	Unit    string  `json:"unit"` // of all times and lengths in JSON: "ns"
	Groups  []Group `json:"groups"`
	Sends   Sends   `json:"sends"`
	Latency Latency `json:"latency"`
	Spans   []Span  `json:"spans"`
}

// Outage is a stretch without service.
type Outage struct {
	Start time.Duration `json:"start"`
	End   time.Duration `json:"end"`
	Open  bool          `json:"open"` // it had not ended when the observation did

	unseen bool // all that was tried in it was under way when the last attempt began: nobody saw what became of it
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
	Took        time.Duration `json:"took"`               // 0 where not interrupted; where not recovered, how long was watched
	Doubt       string        `json:"doubt,omitempty"`    // why not interrupted, or recovered, proves nothing
	Distrust    string        `json:"distrust,omitempty"` // why an interruption proves nothing either
}

// Group is one broker group as its probes saw it.
type Group struct {
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

// Sends is the whole cluster as the clients saw it.
type Sends struct {
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

// Span is what happened in one span.
type Span struct {
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
