package facts

import (
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/availability"
)

// maxNamed bounds the messages that a claim names one by one.
const maxNamed = 1 << 20

// Violation is one operation that speaks against a claim.
type Violation struct {
	Summary string
	Message *ID                 // the message concerned, if any
	Queue   *QueueID            // the queue concerned, if any
	Offset  int64               // in Queue
	Record  history.Record      // where it is known already
	At      *time.Duration      // when the message was sent, where that is known already
	Times   availability.Outage // the outage concerned, if any
	Group   string              // the broker group that was out; empty for the whole cluster
}

// Tally counts what speaks against a claim and keeps the first of it.
type Tally struct {
	Count int64
	Shown []Violation
	Named []ID
}

// Add counts one. The violation is made only where it will be shown: up to limit.
func (t *Tally) Add(limit int, v func() Violation) {
	t.Count++
	if len(t.Shown) < limit {
		t.Shown = append(t.Shown, v())
	}
}

// Name keeps the message's id, up to a bound.
func (t *Tally) Name(m ID) {
	if len(t.Named) < maxNamed {
		t.Named = append(t.Named, m)
	}
}

// Join adds another tally, as far as it may be shown.
func (t *Tally) Join(limit int, o Tally) {
	t.Count += o.Count
	t.Named = append(t.Named, o.Named...)
	for _, v := range o.Shown {
		if len(t.Shown) < limit {
			t.Shown = append(t.Shown, v)
		}
	}
}

// Bounds limit the memory of one comparison, and how much is compared at all: what is left then makes the claims
// concerned inconclusive, never valid.
type Bounds struct {
	Pages   int   // compared at once
	IDs     int   // looked up one by one
	Acks    int64 // of suspect send orders, compared at once
	Rounds  int   // readings of the history for each kind of comparison
	Damaged int   // offsets remembered as damaged, for each replica of a queue
	Keyed   int   // messages whose order by key is compared
	Ticks   int   // stretches of 10.24 s that hold traffic
}
