package nodes

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// noticedWithin: the node controller waits 40 to 50 s for the kubelet by default before it calls a node unknown; one that
// starts anew was ready after 22 s.
const noticedWithin = 2 * time.Minute

// StopKubelet stops the kubelet on the targets' nodes: their containers go on, but the API server loses sight of them.
type StopKubelet struct{ chaos.Target }

// Name says on which node.
func (s StopKubelet) Name() string { return "stop the kubelet on the node of " + s.Target.String() }

// Needs the node helper.
func (StopKubelet) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject stops it by the node's systemd.
func (s StopKubelet) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, s, hand.Plan{
		Target: s.Target, Verb: node.ServiceVerb, ArgsOf: kubeletOf, NodeWide: true, Seen: silent("kubelet"),
	})
}

// kubeletOf refuses nodes that no fault may take away.
func kubeletOf(ctx context.Context, c kube.Cluster, v kube.Victim) (any, error) {
	_, err := ToCordon(ctx, c, &v.Object)
	return node.ServiceArgs{Unit: "kubelet"}, err
}

// silent returns nil once the service is stopped and the API server has noticed.
func silent(unit string) func(context.Context, hand.Hit) error {
	return func(ctx context.Context, h hand.Hit) error {
		var now node.ServiceState
		if err := h.See(ctx, &now); err != nil {
			return err
		}
		if now.State != "inactive" {
			return fmt.Errorf("%s on node %s is %s", unit, h.Node, now.State)
		}
		return awaitReady(ctx, h.Cluster, h.Node, false)
	}
}
