package scenario

import (
	"context"
	"slices"
	"sync"

	"github.com/rmqproof/rmqproof/chaos"
)

// company are the faults of steps that run beside each other: what one changes is no bystander of another.
type company struct {
	mu    sync.Mutex
	there []chaos.Injection // also those that are healed: their pods stay replaced
	onWay int
}

// inject injects a fault, and notes that it is on its way and then that it is there.
func (c *company) inject(ctx context.Context, f chaos.Fault, on chaos.System) (chaos.Injection, error) {
	c.arrive(1, nil)
	i, err := f.Inject(ctx, on)
	c.arrive(-1, i)
	return i, err
}

func (c *company) arrive(onWay int, i chaos.Injection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onWay += onWay
	if i != nil {
		c.there = append(c.there, i)
	}
}

// confirm confirms one of them.
func (c *company) confirm(ctx context.Context, i chaos.Injection) error {
	c.mu.Lock()
	others := slices.DeleteFunc(slices.Clone(c.there), func(o chaos.Injection) bool {
		healed := o.Times().Healed
		return o == i || !healed.IsZero() && healed.Before(i.Times().Decided)
	})
	if c.onWay > 0 {
		ctx = chaos.Unwatched(ctx)
	}
	c.mu.Unlock()
	return i.Confirm(chaos.Beside(ctx, others...))
}
