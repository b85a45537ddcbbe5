package nodes

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// StopRuntime stops containerd on the targets' nodes and starts it when healed, as a restart that takes its time: containers go on,
// and the kubelet can neither start nor ask one.
type StopRuntime struct{ chaos.Target }

// Name says on which node.
func (s StopRuntime) Name() string {
	return "stop the container runtime on the node of " + s.Target.String()
}

// Needs the node helper.
func (StopRuntime) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject stops it by the node's systemd.
func (s StopRuntime) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, s, hand.Plan{
		Target: s.Target, Verb: node.ServiceVerb, ArgsOf: runtimeOf, NodeWide: true, Seen: silent("containerd"),
	})
}

// runtimeOf refuses nodes that no fault may take away.
func runtimeOf(ctx context.Context, c kube.Cluster, v kube.Victim) (any, error) {
	_, err := ToCordon(ctx, c, &v.Object)
	return node.ServiceArgs{Unit: "containerd"}, err
}
