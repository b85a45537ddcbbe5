package compound

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

// group is several injections as one.
type group []chaos.Injection

// Targets are those of all, in their order.
func (g group) Targets() (all []string) {
	for _, i := range g {
		all = append(all, i.Targets()...)
	}
	return all
}

// Times begin with the first and end with the last of them; what one has not reached, the group has not.
func (g group) Times() chaos.Times {
	at := func(which func(chaos.Times) time.Time, better func(a, b time.Time) bool) time.Time {
		best := which(g[0].Times())
		for _, i := range g[1:] {
			if t := which(i.Times()); !best.IsZero() && (t.IsZero() || better(t, best)) {
				best = t
			}
		}
		return best
	}
	return chaos.Times{
		Decided:   at(func(t chaos.Times) time.Time { return t.Decided }, time.Time.Before),
		Injected:  at(func(t chaos.Times) time.Time { return t.Injected }, time.Time.Before),
		Confirmed: at(func(t chaos.Times) time.Time { return t.Confirmed }, time.Time.After),
		Healing:   at(func(t chaos.Times) time.Time { return t.Healing }, time.Time.Before),
		Healed:    at(func(t chaos.Times) time.Time { return t.Healed }, time.Time.After),
	}
}

// Confirm wants every one confirmed.
func (g group) Confirm(ctx context.Context) error {
	var errs []error
	for n, i := range g {
		others := slices.Delete(slices.Clone(g), n, n+1)
		errs = append(errs, i.Confirm(chaos.Beside(ctx, others...)))
	}
	return errors.Join(errs...)
}

// Heal heals the last first, every one of them.
func (g group) Heal(ctx context.Context) error {
	var errs []error
	for _, i := range slices.Backward(g) {
		errs = append(errs, i.Heal(ctx))
	}
	return errors.Join(errs...)
}

// Hits is what any of them may change.
func (g group) Hits() chaos.Things {
	var sum chaos.Things
	for _, i := range g {
		if h, ok := i.(chaos.Hitter); ok {
			sum = sum.Add(h.Hits())
		}
	}
	return sum
}

// Kept is what any of them leaves changed on purpose.
func (g group) Kept() chaos.Things {
	var sum chaos.Things
	for _, i := range g {
		if k, ok := i.(chaos.Keeper); ok {
			sum = sum.Add(k.Kept())
		}
	}
	return sum
}
