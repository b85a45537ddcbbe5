package network

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Way says in which direction packets are dropped, as the target sees it.
type Way string

// The ways. The zero Way drops both.
const (
	Both Way = ""
	In   Way = "from"
	Out  Way = "to"
)

// Cut drops all packets between the target and a party in silence: connections hang, and none is refused or reset.
type Cut struct {
	chaos.Target
	Off  Party
	Way  Way
	Port uint16 // of TCP, at either end: 10912 is the replication alone; 0: every packet
}

// Name says who is cut off from whom.
func (c Cut) Name() string {
	between := "between %s and %s"
	if c.Way != Both {
		between = "at %s " + string(c.Way) + " %s"
	}
	name := fmt.Sprintf("no packets "+between, c.Target, c.Off)
	if c.Port != 0 {
		name += fmt.Sprintf(", port %d", c.Port)
	}
	return name
}

// Needs the node helper and nf_tables.
func (c Cut) Needs() []chaos.Need { return c.Off.needs(chaos.NodeHelper, chaos.NFTables) }

// Inject adds the rules in each target's network namespace.
func (c Cut) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, c, hand.Plan{Target: c.Target, Verb: node.CutVerb, ArgsOf: c.args, Seen: seen})
}

func (c Cut) args(ctx context.Context, on kube.Cluster, v kube.Victim) (any, error) {
	match, err := match(ctx, on, v, c)
	return node.CutArgs{Match: match}, err
}

// match says which packets of a target a cut would drop.
func match(ctx context.Context, on kube.Cluster, v kube.Victim, c Cut) (node.Match, error) {
	if err := inOwnNetwork(v); err != nil {
		return node.Match{}, err
	}
	addresses, err := c.Off.addresses(ctx, on, v.Process)
	return node.Match{Addresses: addresses, In: c.Way != Out, Out: c.Way != In, Port: c.Port}, err
}

func inOwnNetwork(v kube.Victim) error {
	if v.Object.Spec.HostNetwork {
		return fmt.Errorf("pod %s is in the network of its node: to cut it would cut the node", v.Pod)
	}
	return nil
}

// seen returns nil once the rules have dropped packets: both sides try again and again.
func seen(ctx context.Context, h hand.Hit) error {
	return kube.Wait(ctx, kube.ReplaceWithin, "the rules in pod "+h.Pod+" to drop packets", func(ctx context.Context) error {
		var drops node.Drops
		if err := h.See(ctx, &drops); err != nil {
			return err
		}
		if drops.Rules == 0 || drops.Packets == 0 {
			return fmt.Errorf("%d rules are in place and have dropped %d packets", drops.Rules, drops.Packets)
		}
		return nil
	})
}
