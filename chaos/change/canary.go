package change

import (
	"context"
	"errors"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
)

// Canary gives the last pod of the target's StatefulSet another image, by an update partition, and leaves the others as
// they are. Healing takes it back.
type Canary struct {
	chaos.Target
	Image string
}

// Name says which image, and of what.
func (y Canary) Name() string {
	return "canary with " + y.Image + " in the StatefulSet of " + y.Target.String()
}

// Needs nothing.
func (Canary) Needs() []chaos.Need { return nil }

// Inject changes image and partition in one write.
func (y Canary) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	change := func(box *corev1.Container) { box.Image = y.Image }
	return edit{Fault: y, target: y.Target, canary: true, change: change, seen: ready}.inject(ctx, on)
}

func ready(p *corev1.Pod) error {
	if !kube.Ready(p) || p.DeletionTimestamp != nil {
		return errors.New(kube.Describe(p))
	}
	return nil
}
