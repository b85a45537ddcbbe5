package change

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
)

// TurnBack is an upgrade that is given up in the middle: the first StatefulSet in its order gets the new image, and
// healing rolls it back. Meanwhile brokers of both versions serve.
type TurnBack struct{ Upgrade }

// Name says from which image to which.
func (t TurnBack) Name() string { return t.Upgrade.Name() + ", given up after its first step" }

// Inject performs the first step and returns at its end, or where it broke off.
func (t TurnBack) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	if t.Upgrade, err = t.withVersions(); err != nil {
		return nil, err
	}
	p, err := t.plan(ctx, c)
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, t, p.String())
	r := roll{plan: p, active: a}
	a.Held = func(ctx context.Context) error {
		first := r.begun[0]
		a.Hit = chaos.Things{observe.StatefulSet: {first.Name}, observe.Pod: first.Pods}
		if err := first.changed(ctx, c, t.To); err != nil {
			return err
		}
		if now, err := c.Snapshot(ctx); err != nil {
			return err
		} else if err := p.mixed(now, first); err != nil {
			return err
		}
		return before.Bystanders(ctx, c, a.Hit)
	}
	if err := r.step(ctx); err != nil {
		return a.Changed(), err
	}
	return a, nil
}
