package resource

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
	corev1 "k8s.io/api/core/v1"
)

// limitsOf are what the pod's specification grants the target's container at most. What it does not name is not limited.
func limitsOf(v kube.Victim) *corev1.ResourceList {
	for _, c := range v.Object.Spec.Containers {
		if c.Name == v.Container {
			return &c.Resources.Limits
		}
	}
	return &corev1.ResourceList{}
}

// met returns nil once the limit is as it should be and was met between two looks: what happened before does not count.
func met(ctx context.Context, h hand.Hit, what string, lowered func(node.Limited) bool) error {
	var first node.Limited
	if err := h.See(ctx, &first); err != nil {
		return err
	}
	return kube.Wait(ctx, kube.ReplaceWithin, what, func(ctx context.Context) error {
		var now node.Limited
		if err := h.See(ctx, &now); err != nil {
			return err
		}
		if now.Gone || !lowered(now) || now.Hits == first.Hits {
			return fmt.Errorf("its limit is %d (0: none), it has %d, and met the limit %d times since the first look; gone: %t", now.Limit, now.Used, now.Hits-first.Hits, now.Gone)
		}
		return nil
	})
}
