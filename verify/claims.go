package verify

import (
	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// Claim is one thing that is claimed of a run; package claims has them all.
type Claim = claims.Claim

// Doc explains a claim.
type Doc = claims.Doc

// Facts are what the histories of a run say.
type Facts = claims.Facts

// Finding is the judgement of a claim.
type Finding = claims.Finding

// Verdict is what can be said of a claim, or of a run.
type Verdict = claims.Verdict

// The verdicts, from best to worst.
const (
	Valid        = claims.Valid
	Inconclusive = claims.Inconclusive
	Violated     = claims.Violated
)

// Worst is the worse of two verdicts.
func Worst(a, b Verdict) Verdict { return claims.Worst(a, b) }

// What the probes and the sends show of the service's outages.
type (
	Availability      = availability.Report
	GroupAvailability = availability.Group
	SendAvailability  = availability.Sends
	SpanAvailability  = availability.Span
	Outage            = availability.Outage
	Recovery          = availability.Recovery
	Latency           = availability.Latency
	Quantiles         = availability.Quantiles
)
