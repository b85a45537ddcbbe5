package network

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Refuse answers each TCP packet between the target and a party with a reset: open connections end and new ones are refused
// at once, where a Cut would leave both sides waiting.
type Refuse struct {
	chaos.Target
	Off  Party
	Port uint16 // at either end; 0: every one
}

// Name says who is refused.
func (r Refuse) Name() string {
	name := fmt.Sprintf("connections refused between %s and %s", r.Target, r.Off)
	if r.Port != 0 {
		name += fmt.Sprintf(", port %d", r.Port)
	}
	return name
}

// Needs the node helper and nf_tables.
func (r Refuse) Needs() []chaos.Need { return r.Off.needs(chaos.NodeHelper, chaos.NFTables) }

// Inject adds the rules in each target's network namespace.
func (r Refuse) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, r, hand.Plan{Target: r.Target, Verb: node.CutVerb, ArgsOf: r.args, Seen: seen})
}

func (r Refuse) args(ctx context.Context, on kube.Cluster, v kube.Victim) (any, error) {
	match, err := match(ctx, on, v, Cut{Off: r.Off, Port: r.Port})
	return node.CutArgs{Match: match, Refuse: true}, err
}
