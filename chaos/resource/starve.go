package resource

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Starve leaves the target's container a share of a processor: it stands still for the rest of each tenth of a second.
type Starve struct {
	chaos.Target
	Millis int64 // thousandths of a core, 10 at least
}

// Name says how much is left.
func (s Starve) Name() string {
	return fmt.Sprintf("%d thousandths of a core for %s", s.Millis, s.Target)
}

// Needs the node helper and control groups.
func (Starve) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.ControlGroups} }

// leastMillis is the least that the kernel grants.
const leastMillis = 10

// Inject lowers the quota of each target's control group.
func (s Starve) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if s.Millis < leastMillis {
		return nil, fmt.Errorf("%d thousandths of a core: the kernel grants %d at least; process.Stop leaves none", s.Millis, leastMillis)
	}
	return hand.Inject(ctx, on, s, hand.Plan{Target: s.Target, Verb: node.LimitVerb, ArgsOf: s.args, Seen: s.seen})
}

func (s Starve) args(_ context.Context, _ kube.Cluster, v kube.Victim) (any, error) {
	before := limitsOf(v).Cpu().MilliValue()
	if before != 0 && before <= s.Millis {
		return nil, fmt.Errorf("container %s of pod %s has %d thousandths of a core by its specification: %d would starve nobody", v.Container, v.Pod, before, s.Millis)
	}
	return node.LimitArgs{Of: node.CPU, To: s.Millis, Before: before}, nil
}

// seen returns nil once the server was held back again.
func (s Starve) seen(ctx context.Context, h hand.Hit) error {
	return met(ctx, h, "the server in pod "+h.Pod+" to be held back", func(now node.Limited) bool { return now.Limit == s.Millis })
}
