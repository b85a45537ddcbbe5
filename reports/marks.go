package reports

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/reports/plot"
	"github.com/rmqproof/rmqproof/verify"
)

// marksLimit bounds the operations that are marked on the time line; the judge shows few of each claim anyway.
const marksLimit = 500

// marksOf places the evidence of violated claims on the time line. Evidence without a time, such as a message that
// only a scan knows, stands in the claims' table alone.
func marksOf(r verify.Report) (out []plot.Mark) {
	for _, c := range r.Claims {
		if c.Verdict != verify.Violated {
			continue
		}
		for _, e := range c.Evidence {
			if at, ok := timeOf(e.Operation); ok {
				out = append(out, plot.Mark{At: at, Claim: c.ID, Summary: e.Summary})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b plot.Mark) int { return cmp.Compare(a.At, b.At) })
	return out[:min(len(out), marksLimit)]
}

// timeOf is when an operation was answered, or else when it began.
func timeOf(operation json.RawMessage) (time.Duration, bool) {
	var op struct {
		Kind       string `json:"kind"`
		Start, End *time.Duration
	}
	if json.Unmarshal(operation, &op) != nil || op.Kind == "scan" {
		return 0, false
	}
	if op.End != nil {
		return *op.End, true
	}
	if op.Start != nil {
		return *op.Start, true
	}
	return 0, false
}
