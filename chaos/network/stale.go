package network

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Stale has the cluster's DNS answer the target with an address that is nobody's, whatever it asks for. Connections that are
// open stay; with Reset beside it they have to be made anew.
type Stale struct{ chaos.Target }

// nobody is an address that is kept free for documentation: packets to it come back from nowhere.
var nobody = netip.AddrFrom4([4]byte{192, 0, 2, 1})

// Name says whom.
func (s Stale) Name() string {
	return "DNS answers " + s.Target.String() + " with an address of nobody"
}

// Needs the node helper, nf_tables, and queues for packets.
func (Stale) Needs() []chaos.Need { return Delay{}.Needs() }

// Inject changes answers in each target's network namespace.
func (s Stale) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, s, hand.Plan{Target: s.Target, Verb: node.StaleVerb, ArgsOf: staleArgs, Seen: misled})
}

func staleArgs(ctx context.Context, on kube.Cluster, v kube.Victim) (any, error) {
	match, err := match(ctx, on, v, Cut{Off: Names, Way: In})
	return node.StaleArgs{Match: match, To: nobody}, err
}

// misled returns nil once an answer was changed.
func misled(ctx context.Context, h hand.Hit) error {
	return kube.Wait(ctx, kube.ReplaceWithin, "an answer of DNS to pod "+h.Pod+" to be changed", func(ctx context.Context) error {
		var now node.Meddled
		if err := h.See(ctx, &now); err != nil {
			return err
		}
		if now.Rules == 0 || now.Done == 0 || now.Problem != "" {
			return fmt.Errorf("%d rules have met %d packets, and %d answers were changed %s", now.Rules, now.Packets, now.Done, now.Problem)
		}
		return nil
	})
}
