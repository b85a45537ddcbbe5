package nodes

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
)

// Halt cuts the power of the node of the target's first process: everything on it ends at once, and what it had not given
// to its disk is lost only where its disk is its own machine's.
type Halt struct{ chaos.Target }

// Name says on which node.
func (h Halt) Name() string { return "power off the node of " + h.Target.String() }

// Needs power over the nodes.
func (Halt) Needs() []chaos.Need { return []chaos.Need{chaos.NodePower} }

// Inject ends the node, and starts it when healed.
func (h Halt) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	act := func(ctx context.Context, s struck) error { return s.power.Bring(ctx, s.node, chaos.Off) }
	return outage{Fault: h, target: h.Target, act: act, seen: lost(chaos.Off)}.inject(ctx, on)
}
