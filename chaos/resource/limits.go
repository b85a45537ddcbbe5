package resource

import (
	"github.com/rmqproof/rmqproof/chaos/kube"
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
