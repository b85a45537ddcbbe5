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

// inject injects a fault, and notes that it is on its way and then that it is there, as the nth.
func (c *company) inject(ctx context.Context, f chaos.Fault, on chaos.System) (i chaos.Injection, n int, err error) {
	c.mu.Lock()
	c.onWay++
	c.mu.Unlock()
	i, err = f.Inject(ctx, on)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onWay--
	if i != nil {
		c.there = append(c.there, i)
	}
	return i, len(c.there) - 1, err
}

// confirm confirms the nth of them.
func (c *company) confirm(ctx context.Context, n int) error {
	c.mu.Lock()
	i, others := c.there[n], slices.Delete(slices.Clone(c.there), n, n+1)
	others = slices.DeleteFunc(others, func(o chaos.Injection) bool {
		healed := o.Times().Healed
		return !healed.IsZero() && healed.Before(i.Times().Decided)
	})
	if c.onWay > 0 {
		ctx = chaos.Unwatched(ctx)
	}
	c.mu.Unlock()
	return i.Confirm(chaos.Beside(ctx, others...))
}
