package change

import (
	"context"
	"errors"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// ImpossibleRequest rolls a request for more memory than any node has over the StatefulSet of the target: its first pod is
// scheduled nowhere, and the others go on.
type ImpossibleRequest struct{ chaos.Target }

// Name says of what.
func (r ImpossibleRequest) Name() string {
	return "more memory than any node has for the StatefulSet of " + r.Target.String()
}

// Needs nothing.
func (ImpossibleRequest) Needs() []chaos.Need { return nil }

// tooMuch is more than any machine has.
var tooMuch = resource.MustParse("1Pi")

// Inject changes the request in the template, and a limit that would be below it.
func (r ImpossibleRequest) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	change := func(box *corev1.Container) {
		if box.Resources.Requests == nil {
			box.Resources.Requests = corev1.ResourceList{}
		}
		box.Resources.Requests[corev1.ResourceMemory] = tooMuch
		if _, limited := box.Resources.Limits[corev1.ResourceMemory]; limited {
			box.Resources.Limits[corev1.ResourceMemory] = tooMuch
		}
	}
	return edit{Fault: r, target: r.Target, change: change, seen: unschedulable}.inject(ctx, on)
}

// unschedulable returns nil once the scheduler says that no node will have the pod.
func unschedulable(p *corev1.Pod) error {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && c.Reason == corev1.PodReasonUnschedulable {
			return nil
		}
	}
	return errors.New(kube.Describe(p))
}
