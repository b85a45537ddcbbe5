// Package pods reads a pod's state: whether it is ready, and in one line why not.
package pods

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Ready tells whether a pod is there, stays, and passes its readiness probes. Nil is no pod.
func Ready(p *corev1.Pod) bool {
	return p != nil && p.DeletionTimestamp == nil && condition(p, corev1.PodReady)
}

func condition(p *corev1.Pod, kind corev1.PodConditionType) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == kind && c.Status == corev1.ConditionTrue
	})
}

// Problem says why a pod is not ready; empty when it is.
func Problem(p *corev1.Pod) string {
	switch {
	case p == nil:
		return "not created"
	case p.DeletionTimestamp != nil:
		return "being deleted"
	}
	for _, s := range Statuses(p) {
		if why := containerProblem(s); why != "" {
			return fmt.Sprintf("container %s: %s", s.Name, why)
		}
	}
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return "not scheduled: " + c.Message
		}
	}
	if Ready(p) {
		return ""
	}
	return strings.TrimPrefix(string(p.Status.Phase)+", not ready", ", ")
}

// Statuses are those of all containers, the initial ones first.
func Statuses(p *corev1.Pod) []corev1.ContainerStatus {
	return slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses)
}

// starting are reasons to wait that are the normal course of a start.
var starting = []string{"ContainerCreating", "PodInitializing"}

func containerProblem(s corev1.ContainerStatus) string {
	switch {
	case s.State.Waiting != nil && slices.Contains(starting, s.State.Waiting.Reason):
		return ""
	case s.State.Waiting != nil:
		return strings.TrimSpace(s.State.Waiting.Reason + " " + s.State.Waiting.Message)
	case s.State.Terminated != nil && s.State.Terminated.ExitCode != 0:
		return strings.TrimSpace(fmt.Sprintf("ended with exit code %d (%s) %s", s.State.Terminated.ExitCode, s.State.Terminated.Reason, s.State.Terminated.Message))
	case s.State.Running != nil && !s.Ready && s.Started != nil && *s.Started:
		return "running, its readiness probe fails"
	}
	return ""
}
