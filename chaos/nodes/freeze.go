package nodes

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
)

// Freeze stops everything on the node of the target's first process in the middle of whatever it does, and lets it go on
// when healed: a machine that hangs, and comes back with the roles that it had.
type Freeze struct{ chaos.Target }

// Name says on which node.
func (f Freeze) Name() string { return "freeze the node of " + f.Target.String() }

// Needs power over the nodes.
func (Freeze) Needs() []chaos.Need { return []chaos.Need{chaos.NodePower} }

// Inject freezes the node.
func (f Freeze) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	act := func(ctx context.Context, s struck) error { return s.power.Bring(ctx, s.node, chaos.Frozen) }
	return outage{Fault: f, target: f.Target, act: act, seen: lost(chaos.Frozen)}.inject(ctx, on)
}
