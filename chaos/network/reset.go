package network

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Reset ends the TCP connections that are open between the target and a party: both see a reset at once, and may connect anew.
type Reset struct {
	chaos.Target
	Off  Party
	Port uint16 // at either end; 0: every one
}

// Name says whose connections.
func (r Reset) Name() string {
	name := fmt.Sprintf("connections reset between %s and %s", r.Target, r.Off)
	if r.Port != 0 {
		name += fmt.Sprintf(", port %d", r.Port)
	}
	return name
}

// Needs the node helper.
func (Reset) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject resets from within each target's network namespace.
func (r Reset) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, r, hand.Plan{Target: r.Target, Verb: node.ResetVerb, ArgsOf: r.args, Seen: ended})
}

func (r Reset) args(ctx context.Context, on kube.Cluster, v kube.Victim) (any, error) {
	return match(ctx, on, v, Cut{Off: r.Off, Port: r.Port})
}

// ended returns nil when connections were ended and none of them is left.
func ended(ctx context.Context, h hand.Hit) error {
	var now node.ResetSeen
	if err := h.See(ctx, &now); err != nil {
		return err
	}
	if now.Ended == 0 || now.Left > 0 {
		return fmt.Errorf("%d connections of pod %s were reset, and %d of them are still there", now.Ended, h.Pod, now.Left)
	}
	return nil
}
