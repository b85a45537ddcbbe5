package nodes

import (
	"context"
	"errors"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
)

// OutOfService cuts the power of the node of the target's first process and declares it lost, as an administrator does: its pods are
// forgotten and its volumes detached at once, so that pods whose volume can follow start elsewhere.
type OutOfService struct{ chaos.Target }

// Name says which node.
func (o OutOfService) Name() string { return "out of service: the node of " + o.Target.String() }

// Needs power over the nodes.
func (OutOfService) Needs() []chaos.Need { return []chaos.Need{chaos.NodePower} }

// Inject waits until the API server has noticed: only of a node that is not ready are the pods forgotten.
func (o OutOfService) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	var mark string
	act := func(ctx context.Context, s struck) error {
		if err := s.power.Bring(ctx, s.node, chaos.Off); err != nil {
			return err
		}
		if err := awaitReady(ctx, s.cluster, s.node, false); err != nil {
			return err
		}
		return taint(ctx, s.cluster, s.node, corev1.TaintNodeOutOfService, mark)
	}
	seen := func(ctx context.Context, s struck) error {
		return errors.Join(lost(chaos.Off)(ctx, s), forgotten(ctx, s, mark))
	}
	return outage{Fault: o, target: o.Target, act: act, seen: seen, mark: &mark}.inject(ctx, on)
}

// forgotten returns nil once the node bears our taint and none of the pods that were there is left.
func forgotten(ctx context.Context, s struck, mark string) error {
	if err := tainted(ctx, s.cluster, s.node, corev1.TaintNodeOutOfService, mark); err != nil {
		return err
	}
	return kube.Wait(ctx, kube.ReplaceWithin, "the pods of node "+s.node+" to be forgotten", func(ctx context.Context) error {
		for n := range s.pods {
			if staysPut(&s.pods[n]) {
				continue
			}
			if err := kube.Replaced(ctx, s.cluster, kube.FactOf(&s.pods[n])); err != nil {
				return err
			}
		}
		return nil
	})
}
