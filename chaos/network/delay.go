package network

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Delay holds each packet between the target and a party back for a while, on its way out and on its way in: a round trip
// takes twice as much longer.
type Delay struct {
	chaos.Target
	Off     Party
	By      time.Duration
	Jitter  time.Duration // up to so much more, drawn at random; packets keep their order
	Reorder uint32        // so many in a hundred are held for twice as long, and others overtake them
	Port    uint16        // of TCP, at either end; 0: every packet
}

// Name says how long, and where.
func (d Delay) Name() string {
	name := fmt.Sprintf("packets delayed by %s", d.By)
	if d.Jitter > 0 {
		name += fmt.Sprintf(" to %s", d.By+d.Jitter)
	}
	if d.Reorder > 0 {
		name += fmt.Sprintf(", %d %% of them overtaken", d.Reorder)
	}
	name += fmt.Sprintf(" between %s and %s", d.Target, d.Off)
	if d.Port != 0 {
		name += fmt.Sprintf(", port %d", d.Port)
	}
	return name
}

// Needs the node helper, nf_tables, and queues for packets.
func (d Delay) Needs() []chaos.Need {
	return d.Off.needs(chaos.NodeHelper, chaos.NFTables, chaos.PacketQueues)
}

// Inject queues packets in each target's network namespace.
func (d Delay) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if d.By <= 0 {
		return nil, fmt.Errorf("packets cannot be delayed by %s", d.By)
	}
	return hand.Inject(ctx, on, d, hand.Plan{Target: d.Target, Verb: node.DelayVerb, ArgsOf: d.args, Seen: held(d.By)})
}

func (d Delay) args(ctx context.Context, on kube.Cluster, v kube.Victim) (any, error) {
	match, err := match(ctx, on, v, Cut{Off: d.Off, Port: d.Port})
	return node.DelayArgs{Match: match, By: d.By, Jitter: d.Jitter, Reorder: d.Reorder}, err
}

// held returns nil once packets have been let go, none before its time.
func held(by time.Duration) func(context.Context, hand.Hit) error {
	return func(ctx context.Context, h hand.Hit) error {
		return kube.Wait(ctx, kube.ReplaceWithin, "packets of pod "+h.Pod+" to be held back", func(ctx context.Context) error {
			var now node.Delayed
			if err := h.See(ctx, &now); err != nil {
				return err
			}
			if now.Rules == 0 || now.Packets == 0 || now.Held == 0 || now.Least < by || now.Problem != "" {
				return fmt.Errorf("%d rules have met %d packets; %d were held, at least for %s, and should be for %s %s",
					now.Rules, now.Packets, now.Held, now.Least, by, now.Problem)
			}
			return nil
		})
	}
}
