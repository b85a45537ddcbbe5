package change

import (
	"context"
	"errors"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
)

// BrokenImage rolls an image that nobody has over the StatefulSet of the target: the roll stops at its first pod, and the
// others go on.
type BrokenImage struct{ chaos.Target }

// Name says of what.
func (b BrokenImage) Name() string {
	return "an image that cannot be had for the StatefulSet of " + b.Target.String()
}

// Needs nothing.
func (BrokenImage) Needs() []chaos.Need { return nil }

// noImage is at a host that can never be: the domain invalid is reserved for that.
const noImage = "rmqproof.invalid/no-such-image:0"

// Inject changes the image in the template.
func (b BrokenImage) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	change := func(box *corev1.Container) { box.Image = noImage }
	return edit{Fault: b, target: b.Target, change: change, seen: unavailable}.inject(ctx, on)
}

// unavailable returns nil once the kubelet says that it cannot have the image.
func unavailable(p *corev1.Pod) error {
	for _, s := range p.Status.ContainerStatuses {
		if w := s.State.Waiting; w != nil && slices.Contains([]string{"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull"}, w.Reason) {
			return nil
		}
	}
	return errors.New(kube.Describe(p))
}
