package facts

import (
	"time"

	"github.com/rmqproof/rmqproof/verify/availability"
)

// Options say how to read histories.
type Options struct {
	Evidence     int  // violations kept to be shown, for each kind
	MessagesOnly bool // leave out all that is worked out from times: what is left is quicker
	Stable       availability.Options
	Bounds       Bounds
	Watcher      Watcher // of what is missing; nil where nobody wants to know more
}

// Defaults are the options without a reason for others.
func Defaults() Options {
	return Options{
		Evidence: 10,
		Stable:   availability.Options{StableGap: time.Second, StableFor: 5 * time.Second},
		Bounds: Bounds{Pages: 1024, IDs: 1 << 20, Acks: 1 << 21, Rounds: 64, Damaged: 1 << 20, Keyed: 1 << 22,
			Ticks: availability.TickPages},
	}
}
