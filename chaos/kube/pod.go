package kube

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/internal/await"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// OwnGrace lets a pod end within its own grace period.
const OwnGrace = -1

// Ended says that a pod has finished and only its record is left.
func Ended(p *corev1.Pod) bool {
	return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
}

// Ready says that the pod's condition Ready is true.
func Ready(p *corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// Describe says in what state a pod is, for an error that says what was seen.
func Describe(p *corev1.Pod) string {
	s := fmt.Sprintf("pod %s (UID %s) is %s", p.Name, p.UID, p.Status.Phase)
	if p.Spec.NodeName == "" {
		s += " without a node"
	} else {
		s += " on " + p.Spec.NodeName
	}
	if p.DeletionTimestamp != nil {
		s += ", terminating"
	}
	if !Ready(p) {
		s += ", not ready"
	}
	for _, st := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		if w := st.State.Waiting; w != nil {
			s += fmt.Sprintf(", container %s waits: %s %s", st.Name, w.Reason, w.Message)
		}
	}
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			s += ", " + c.Message
		}
	}
	return s
}

// GetPod reads a pod of the namespace.
func GetPod(ctx context.Context, c Cluster, name string) (*corev1.Pod, error) {
	return c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, name, metav1.GetOptions{})
}

// PodsOn returns the namespace's pods on a node.
func PodsOn(ctx context.Context, c Cluster, node string) ([]corev1.Pod, error) {
	list, err := c.Client().CoreV1().Pods(c.Namespace()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing the pods on node %s: %w", node, err)
	}
	return slices.DeleteFunc(list.Items, func(p corev1.Pod) bool { return p.Spec.NodeName != node }), nil
}

// Remove deletes that very pod: one of the same name that came since is left alone.
// A negative grace, in seconds, takes the pod's own.
func Remove(ctx context.Context, c Cluster, p PodFact, grace int64) error {
	opts := metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(p.UID))}
	if grace >= 0 {
		opts.GracePeriodSeconds = &grace
	}
	if err := c.Client().CoreV1().Pods(c.Namespace()).Delete(ctx, p.Name, opts); err != nil {
		return fmt.Errorf("deleting pod %s (UID %s): %w", p.Name, p.UID, err)
	}
	return nil
}

// Replaced returns nil once that very pod is no more: its name is free, or another has it that runs in
// another container. It is permanent when nobody has deleted the pod.
func Replaced(ctx context.Context, c Cluster, before PodFact) error {
	p, err := GetPod(ctx, c, before.Name)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if p.UID == before.UID && p.DeletionTimestamp == nil {
		return await.Permanent(fmt.Errorf("it is still the same and nobody has deleted it: %s", Describe(p)))
	}
	if p.UID == before.UID {
		return fmt.Errorf("it has not ended yet: %s", Describe(p))
	}
	for name, id := range FactOf(p).Containers {
		if id != "" && id == before.Containers[name] {
			return fmt.Errorf("pod %s has a new UID but container %s is still %s", p.Name, name, id)
		}
	}
	return nil
}

// Running returns nil once a pod of that name runs and is not on its way out.
func Running(ctx context.Context, c Cluster, name string) error {
	p, err := GetPod(ctx, c, name)
	if err != nil {
		return err
	}
	if p.Status.Phase != corev1.PodRunning || p.DeletionTimestamp != nil {
		return fmt.Errorf("%s", Describe(p))
	}
	return nil
}

// Gone returns nil once that very pod is no more.
func Gone(ctx context.Context, c Cluster, was PodFact) error {
	p, err := GetPod(ctx, c, was.Name)
	if apierrors.IsNotFound(err) || (err == nil && p.UID != was.UID) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s", Describe(p))
}

// GraceOf is how long the pod may take to end.
func GraceOf(p *corev1.Pod) time.Duration {
	if s := p.Spec.TerminationGracePeriodSeconds; s != nil {
		return time.Duration(*s) * time.Second
	}
	return 30 * time.Second
}

// ClaimsOf returns the names of the claims that the pod mounts.
func ClaimsOf(p *corev1.Pod) []string {
	var names []string
	for _, v := range p.Spec.Volumes {
		if v.PersistentVolumeClaim != nil {
			names = append(names, v.PersistentVolumeClaim.ClaimName)
		}
	}
	return names
}
