package pods

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func pod(change func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodRunning}}
	change(p)
	return p
}

func with(kind corev1.PodConditionType, status corev1.ConditionStatus, message string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Status.Conditions = []corev1.PodCondition{{Type: kind, Status: status, Message: message}}
	}
}

func container(state corev1.ContainerState) func(*corev1.Pod) {
	started := true
	return func(p *corev1.Pod) {
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "broker", State: state, Started: &started}}
	}
}

func TestProblem(t *testing.T) {
	for want, p := range map[string]*corev1.Pod{
		"":                             pod(with(corev1.PodReady, corev1.ConditionTrue, "")),
		"not created":                  nil,
		"Running, not ready":           pod(func(*corev1.Pod) {}),
		"not ready":                    {},
		"not scheduled: 0/4 nodes":     pod(with(corev1.PodScheduled, corev1.ConditionFalse, "0/4 nodes")),
		"being deleted":                pod(func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{} }),
		"container broker: ErrPull no": pod(container(corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrPull", Message: "no"}})),
		"container broker: ended with exit code 3 (Error)":     pod(container(corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 3, Reason: "Error"}})),
		"container broker: running, its readiness probe fails": pod(container(corev1.ContainerState{Running: &corev1.ContainerStateRunning{}})),
	} {
		if got := Problem(p); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if Ready(p) != (want == "") {
			t.Errorf("%q: ready %t", want, Ready(p))
		}
	}
	creating := pod(container(corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}}))
	if got := Problem(creating); got != "Running, not ready" {
		t.Errorf("a container under way: %q", got)
	}
}
