package verify

import (
	"time"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// Options say what to judge. The zero value judges every claim that the history states, or else every claim
// that applies.
type Options struct {
	// Claims to judge; they override the history's.
	Claims []Claim
	// With is judged besides, in place of the same claim with another figure.
	With []Claim
	// Evidence is how many operations are shown for a claim. 0: 10; below 0: none.
	Evidence int
	// StableGap is the longest pause between acknowledgements, or probes, within a stable stretch. 0: 1 s.
	StableGap time.Duration
	// StableFor is how long a stretch must hold to be stable. 0: 5 s.
	StableFor time.Duration
	// MessagesOnly leaves out all that is judged by time, and the availability: what is left is quicker.
	MessagesOnly bool
}

// bounds are those of the comparison. They are a variable for the tests' sake.
var bounds = facts.Defaults().Bounds

func (o Options) facts() facts.Options {
	f := facts.Defaults()
	f.Bounds, f.MessagesOnly = bounds, o.MessagesOnly
	if o.Evidence != 0 {
		f.Evidence = o.Evidence
	}
	if o.StableGap != 0 {
		f.Stable.StableGap = o.StableGap
	}
	if o.StableFor != 0 {
		f.Stable.StableFor = o.StableFor
	}
	return f
}
