package flat

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// ended says that a pod has finished and only its record is left.
func ended(p *corev1.Pod) bool {
	return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
}

func ready(p *corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// describe says in what state a pod is, for an error that says what was seen.
func describe(p *corev1.Pod) string {
	s := fmt.Sprintf("pod %s (UID %s) is %s", p.Name, p.UID, p.Status.Phase)
	switch {
	case p.Spec.NodeName == "":
		s += " without a node"
	default:
		s += " on " + p.Spec.NodeName
	}
	if p.DeletionTimestamp != nil {
		s += ", terminating"
	}
	if !ready(p) {
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

// remove deletes that very pod: one of the same name that came since is left alone.
// A negative grace takes the pod's own.
func remove(ctx context.Context, c Cluster, p podFact, grace int64) error {
	opts := metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(p.UID))}
	if grace >= 0 {
		opts.GracePeriodSeconds = &grace
	}
	if err := c.Client().CoreV1().Pods(c.Namespace()).Delete(ctx, p.Name, opts); err != nil {
		return fmt.Errorf("deleting pod %s (UID %s): %w", p.Name, p.UID, err)
	}
	return nil
}

// replaced returns nil once that very pod is no more: its name is free, or another has it that runs in
// another container. It is hopeless when nobody has deleted the pod.
func replaced(ctx context.Context, c Cluster, before podFact) error {
	p, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, before.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if p.UID == before.UID && p.DeletionTimestamp == nil {
		return hopeless{fmt.Errorf("it is still the same and nobody has deleted it: %s", describe(p))}
	}
	if p.UID == before.UID {
		return fmt.Errorf("it has not ended yet: %s", describe(p))
	}
	for name, id := range factOf(p).Containers {
		if id != "" && id == before.Containers[name] {
			return fmt.Errorf("pod %s has a new UID but container %s is still %s", p.Name, name, id)
		}
	}
	return nil
}

// running returns nil once a pod of that name runs and is not on its way out.
func running(ctx context.Context, c Cluster, name string) error {
	p, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if p.Status.Phase != corev1.PodRunning || p.DeletionTimestamp != nil {
		return fmt.Errorf("%s", describe(p))
	}
	return nil
}

// gone returns nil once no pod has that UID under that name.
func gone(ctx context.Context, c Cluster, name string, uid types.UID) error {
	p, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || (err == nil && p.UID != uid) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s", describe(p))
}

// ownerSet returns the name of the StatefulSet that made the pod.
func ownerSet(p *corev1.Pod) (string, bool) {
	if ref := metav1.GetControllerOf(p); ref != nil && ref.Kind == "StatefulSet" {
		return ref.Name, true
	}
	return "", false
}

// claimsOf returns the names of the claims that the pod mounts.
func claimsOf(p *corev1.Pod) []string {
	var names []string
	for _, v := range p.Spec.Volumes {
		if v.PersistentVolumeClaim != nil {
			names = append(names, v.PersistentVolumeClaim.ClaimName)
		}
	}
	return names
}
