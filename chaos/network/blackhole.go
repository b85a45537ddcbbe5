package network

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// BlackHole drops packets above a size between the target and a party, and tells nobody, as a tunnel does whose MTU is not
// known: connections open and heartbeats pass, and whatever is larger never arrives.
type BlackHole struct {
	chaos.Target
	Off   Party
	Above uint32 // bytes of a packet with its headers
}

// Name says which packets are lost, and where.
func (b BlackHole) Name() string {
	return fmt.Sprintf("no packets above %d bytes between %s and %s", b.Above, b.Target, b.Off)
}

// Needs the node helper and nf_tables.
func (b BlackHole) Needs() []chaos.Need { return b.Off.needs(chaos.NodeHelper, chaos.NFTables) }

// smallest is the header of a TCP packet over IPv6 with its options: below that nothing passes, which Cut says better.
const smallest = 100

// Inject adds the rules in each target's network namespace.
func (b BlackHole) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if b.Above < smallest {
		return nil, fmt.Errorf("no packets above %d bytes: take at least %d, or cut the target off", b.Above, smallest)
	}
	return hand.Inject(ctx, on, b, hand.Plan{Target: b.Target, Verb: node.CutVerb, ArgsOf: b.args, Seen: seen})
}

func (b BlackHole) args(ctx context.Context, on kube.Cluster, v kube.Victim) (any, error) {
	match, err := match(ctx, on, v, Cut{Off: b.Off})
	match.Above = b.Above
	return node.CutArgs{Match: match}, err
}
