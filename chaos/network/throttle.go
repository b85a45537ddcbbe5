package network

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Throttle gives the target a narrow line: what it sends, to whomever, passes at so many bytes a second. What it receives
// is not slowed. The kubelet's probes take the same line.
type Throttle struct {
	chaos.Target
	PerSecond uint64 // bytes
}

// Name says how much.
func (t Throttle) Name() string {
	return fmt.Sprintf("%s sends no more than %d KiB/s", t.Target, t.PerSecond>>10)
}

// Needs the node helper and the kernel's token bucket.
func (Throttle) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.TokenBucket} }

// slowest is below what a server's own heartbeats take.
const slowest = 1 << 10

// Inject shapes the interface of each target's pod.
func (t Throttle) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if t.PerSecond < slowest {
		return nil, fmt.Errorf("%d bytes/s: take at least %d, or cut the target off", t.PerSecond, slowest)
	}
	return hand.Inject(ctx, on, t, hand.Plan{Target: t.Target, Verb: node.RateVerb, ArgsOf: t.args, Seen: t.seen})
}

func (t Throttle) args(_ context.Context, _ kube.Cluster, v kube.Victim) (any, error) {
	return node.RateArgs{PerSecond: t.PerSecond}, inOwnNetwork(v)
}

// seen returns nil once packets had to wait for their turn.
func (t Throttle) seen(ctx context.Context, h hand.Hit) error {
	return kube.Wait(ctx, kube.ReplaceWithin, "packets of pod "+h.Pod+" to wait for their turn", func(ctx context.Context) error {
		var now node.Shaped
		if err := h.See(ctx, &now); err != nil {
			return err
		}
		if now.PerSecond != t.PerSecond || now.Delayed == 0 {
			return fmt.Errorf("the pod may send %d bytes/s (0: no limit), it has sent %d, and %d packets had to wait", now.PerSecond, now.Sent, now.Delayed)
		}
		return nil
	})
}
