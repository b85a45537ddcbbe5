package pods

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
)

// Spare chooses its target as Kill does and then leaves it alone. Its Confirm, the same one, has to fail: a proof that
// holds without a fault proves nothing.
type Spare struct{ chaos.Target }

// Name says what is left alone.
func (s Spare) Name() string { return "no fault on " + s.Target.String() }

// Needs nothing.
func (Spare) Needs() []chaos.Need { return nil }

// Inject changes nothing.
func (s Spare) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	r, err := prepare(ctx, on, s, s.Target)
	if err != nil {
		return nil, err
	}
	return r.active, nil
}
