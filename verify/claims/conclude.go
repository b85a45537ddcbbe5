package claims

import (
	"fmt"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// conclude gives the verdict: violated where anything speaks against the claim, inconclusive where a reason
// against concluding stands, else valid.
func conclude(t facts.Tally, against, doubt, sound string) Finding {
	f := Finding{Verdict: Valid, Why: sound, Violations: t.Shown, Named: t.Named}
	switch {
	case t.Count > 0:
		f.Verdict, f.Why = Violated, against
		if len(t.Shown) > 0 {
			f.Why += First(t.Shown[0].Summary)
		}
	case doubt != "":
		f.Verdict, f.Why = Inconclusive, doubt
	}
	return f
}

// First is how a reason goes on with its first exhibit.
func First(summary string) string { return "; first: " + summary }

// unless makes a violation inconclusive where the history itself cannot be trusted in what it stands on.
func (f Finding) unless(distrust ...string) Finding {
	if why := first(distrust...); why != "" && f.Verdict == Violated {
		f.Verdict, f.Why = Inconclusive, why+"; else it would be violated: "+f.Why
	}
	return f
}

// counted adds the counts that the finding stands on.
func (f Finding) counted(counts map[string]int64) Finding {
	f.Counts = counts
	return f
}

// first is the first reason that is one.
func first(reasons ...string) string {
	for _, r := range reasons {
		if r != "" {
			return r
		}
	}
	return ""
}

func when(doubt bool, reason string) string {
	if doubt {
		return reason
	}
	return ""
}

// of writes "3 of 4812".
func of(n, all int64) string { return fmt.Sprintf("%d of %d", n, all) }

// Parts of when a claim is inconclusive, as several claims say them.
const (
	needsScan   = "no message was acknowledged, a queue that acknowledged has no complete final scan on its master, the history records one send twice, or its tail is torn"
	noWholeScan = "no scan found a message, or a queue that acknowledged has no complete final scan on its master"
	needsSends  = "no message was acknowledged, the history records one send twice, or its clock runs backwards"
	needsGroups = "no delivery was recorded, or a queue has no complete final scan on its master"
)
