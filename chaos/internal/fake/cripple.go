package fake

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// cripple is how the kubelet reports a container whose image it cannot have, or whose JVM does not know an option.
func cripple(p *corev1.Pod) {
	main, status := p.Spec.Containers[0], &p.Status.ContainerStatuses[0]
	wrong := slices.ContainsFunc(main.Env, func(v corev1.EnvVar) bool { return strings.Contains(v.Value, "NoSuchOption") })
	if wrong {
		status.RestartCount = 1
		status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 1}
	}
	if strings.Contains(main.Image, ".invalid/") {
		p.Status.Phase, wrong = corev1.PodPending, true
		status.State.Waiting, status.ContainerID = &corev1.ContainerStateWaiting{Reason: "ErrImagePull"}, ""
	}
	if wrong {
		p.Status.Conditions[0].Status = corev1.ConditionFalse
	}
}

// refuse is how the scheduler says that no node will have a pod.
func (f *Cluster) refuse(p *corev1.Pod) bool {
	if len(p.Status.Conditions) > 0 {
		return false
	}
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable}}
	must(0, f.client.Tracker().Update(podsResource, p, Namespace))
	return true
}
