package network

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Lose drops some of the packets between the target and a party, drawn at random, in both directions: TCP sends them
// again and becomes slow.
type Lose struct {
	chaos.Target
	Off     Party
	Percent uint32 // 1 to 100
}

// Name says how many packets are lost, and where.
func (l Lose) Name() string {
	return fmt.Sprintf("%d %% of packets lost between %s and %s", l.Percent, l.Target, l.Off)
}

// Needs the node helper and nf_tables.
func (l Lose) Needs() []chaos.Need { return l.Off.needs(chaos.NodeHelper, chaos.NFTables) }

// Inject adds the rules in each target's network namespace.
func (l Lose) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if l.Percent == 0 || l.Percent > 100 {
		return nil, fmt.Errorf("%d %% of packets: take 1 to 100", l.Percent)
	}
	return hand.Inject(ctx, on, l, hand.Plan{Target: l.Target, Verb: node.CutVerb, ArgsOf: l.args, Seen: seen})
}

func (l Lose) args(ctx context.Context, on kube.Cluster, v kube.Victim) (any, error) {
	match, err := match(ctx, on, v, Cut{Off: l.Off})
	return node.CutArgs{Match: match, Percent: l.Percent}, err
}
