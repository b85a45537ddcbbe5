package ledger

import (
	"context"
	"errors"

	"github.com/rmqproof/rmqproof/chaos"
)

// None is the journal of a cluster that was opened without a ledger: every fault refuses to act on it.
type None struct{}

var errNone = errors.New("this cluster was opened without a ledger of faults, so that nothing could be recovered: nothing is injected")

// Intend refuses.
func (None) Intend(_ context.Context, e chaos.Entry) (chaos.Entry, error) { return e, errNone }

// Amend refuses.
func (None) Amend(context.Context, chaos.Entry) error { return errNone }

// Healed has nothing to note.
func (None) Healed(context.Context, chaos.Entry) error { return nil }
