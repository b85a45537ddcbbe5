package compound

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

// Amid injects a second fault while a first one works: the first is confirmed, and has worked for a while, when the second begins.
// Both are healed together, the second first.
type Amid struct {
	First  chaos.Fault
	For    time.Duration // for how long the first works alone
	Second chaos.Fault
}

// Name says which is amid which.
func (a Amid) Name() string { return a.Second.Name() + " amid " + a.First.Name() }

// Needs is what either needs.
func (a Amid) Needs() []chaos.Need { return needs([]chaos.Fault{a.First, a.Second}) }

// Inject returns what it began where it breaks off, to be healed.
func (a Amid) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	first, err := a.First.Inject(ctx, on)
	if first == nil {
		return nil, err
	}
	if err == nil {
		err = first.Confirm(ctx)
	}
	if err == nil {
		err = hold(ctx, a.For)
	}
	if err != nil {
		return amid{group{first}}, fmt.Errorf("the first of two, %s: %w", a.First.Name(), err)
	}
	second, err := a.Second.Inject(ctx, on)
	if second == nil {
		return amid{group{first}}, err
	}
	return amid{group{first, second}}, err
}

// amid is a group whose first was confirmed before the second began: the second may take it away with the pod.
type amid struct{ group }

// Confirm asks the second.
func (a amid) Confirm(ctx context.Context) error {
	last := len(a.group) - 1
	return a.group[last].Confirm(chaos.Beside(ctx, a.group[:last]...))
}
