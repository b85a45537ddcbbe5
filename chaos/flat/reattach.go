package flat

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Reattach deletes a StatefulSet together with its pod and makes it again from the same spec, as a reinstallation
// does. The claim is kept, and its volume, which is tied to a node, must come back with all that is in it.
type Reattach struct {
	Of    Role
	Group string // brokerName; empty: any
}

func (r Reattach) Name() string {
	return "recreate StatefulSet of " + selector{r.Of, One, r.Group}.String()
}

func (r Reattach) Inject(ctx context.Context, c Cluster) (Injection, error) {
	victims, err := selector{r.Of, One, r.Group}.pods(ctx, c)
	if err != nil {
		return nil, err
	}
	pod := &victims[0]
	set, err := recreatable(ctx, c, pod)
	if err != nil {
		return nil, err
	}
	vols, err := volumesOf(ctx, c, pod)
	if err != nil {
		return nil, err
	}
	if err := vols.tied(); err != nil {
		return nil, err
	}
	before, err := observe(ctx, c)
	if err != nil {
		return nil, err
	}
	i := newInjection(ctx, c, r, fmt.Sprintf("StatefulSet %s and pod %s", set.Name, pod.Name))
	was := attached{before: before, pod: factOf(pod), volumes: vols, set: set.Name, stays: true}
	i.confirm = func(ctx context.Context) error { return was.confirm(ctx, c) }
	if _, err := i.intend(ctx, AwaitPods, kept(victims)); err != nil {
		return i.begun(), err
	}
	if _, err := i.intend(ctx, RecreateSet, record(set)); err != nil {
		return i.begun(), err
	}
	return i, reinstall(ctx, c, set, was.pod)
}

// recreatable returns the pod's StatefulSet if no data can be lost by deleting it.
func recreatable(ctx context.Context, c Cluster, pod *corev1.Pod) (*appsv1.StatefulSet, error) {
	set, err := setOf(ctx, c, pod)
	if err != nil {
		return nil, err
	}
	if n := len(podNames(set)); n != 1 {
		return nil, fmt.Errorf("StatefulSet %s has %d pods: to delete it would take more than pod %s", set.Name, n, pod.Name)
	}
	p := set.Spec.PersistentVolumeClaimRetentionPolicy
	if p != nil && p.WhenDeleted == appsv1.DeletePersistentVolumeClaimRetentionPolicyType {
		return nil, fmt.Errorf("StatefulSet %s takes its claims with it when it is deleted (persistentVolumeClaimRetentionPolicy.whenDeleted): set it to Retain", set.Name)
	}
	return set, nil
}

// reinstall deletes set and pod, waits until both are gone, and makes the set again. Made earlier, the new set
// would meet a pod of its own name that it may not adopt.
func reinstall(ctx context.Context, c Cluster, set *appsv1.StatefulSet, pod podFact) error {
	background := metav1.DeletePropagationBackground
	err := c.Client().AppsV1().StatefulSets(c.Namespace()).Delete(ctx, set.Name, metav1.DeleteOptions{
		Preconditions: metav1.NewUIDPreconditions(string(set.UID)), PropagationPolicy: &background,
	})
	if err != nil {
		return fmt.Errorf("deleting StatefulSet %s: %w", set.Name, err)
	}
	// The garbage collector may have been here first.
	if err := remove(ctx, c, pod, ownGrace); err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	err = until(ctx, replaceWithin, "pod "+pod.Name+" to be gone", func(ctx context.Context) error {
		return gone(ctx, c, pod.Name, pod.UID)
	})
	if err != nil {
		return err
	}
	return recreateSet(ctx, c, "", record(set))
}
