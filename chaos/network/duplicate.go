package network

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Duplicate sends some of the packets from the target to a party twice.
type Duplicate struct {
	chaos.Target
	Off     Party
	Percent uint32 // 1 to 100
	Port    uint16 // of TCP, at either end; 0: every packet
}

// Name says how many, and where.
func (d Duplicate) Name() string {
	name := fmt.Sprintf("%d %% of the packets twice from %s to %s", d.Percent, d.Target, d.Off)
	if d.Port != 0 {
		name += fmt.Sprintf(", port %d", d.Port)
	}
	return name
}

// Needs the node helper, nf_tables, and queues for packets.
func (Duplicate) Needs() []chaos.Need { return Delay{}.Needs() }

// Inject copies packets in each target's network namespace.
func (d Duplicate) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if d.Percent == 0 || d.Percent > 100 {
		return nil, fmt.Errorf("%d %% of the packets cannot be sent twice", d.Percent)
	}
	return hand.Inject(ctx, on, d, hand.Plan{Target: d.Target, Verb: node.DuplicateVerb, ArgsOf: d.args, Seen: twice})
}

func (d Duplicate) args(ctx context.Context, on kube.Cluster, v kube.Victim) (any, error) {
	match, err := match(ctx, on, v, Cut{Off: d.Off, Way: Out, Port: d.Port})
	return node.DuplicateArgs{Match: match, Percent: d.Percent}, err
}

// twice returns nil once copies were sent, and the other side has said that it got something twice.
func twice(ctx context.Context, h hand.Hit) error {
	return kube.Wait(ctx, kube.ReplaceWithin, "packets of pod "+h.Pod+" to arrive twice", func(ctx context.Context) error {
		var now node.Meddled
		if err := h.See(ctx, &now); err != nil {
			return err
		}
		if now.Rules == 0 || now.Done == 0 || now.Told == 0 || now.Problem != "" {
			return fmt.Errorf("%d rules have met %d packets, %d copies were sent, and %d times the other side has told of a duplicate %s",
				now.Rules, now.Packets, now.Done, now.Told, now.Problem)
		}
		return nil
	})
}
