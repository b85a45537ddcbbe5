package disk

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/chaos/pods"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Reattach deletes a StatefulSet together with its pod and makes it again from the same spec, as a reinstallation
// does. The claim is kept, and its volume must come back with all that is in it. Of the target it takes the first whose
// volume suits: one that is tied to a node, so that the pod has to return there, or with Anywhere one that is not.
type Reattach struct {
	chaos.Target
	Anywhere bool
}

// Name says whose StatefulSet it is.
func (r Reattach) Name() string { return "recreate StatefulSet of " + r.Target.String() }

// Needs a StatefulSet, and a volume that is tied to a node, or one that is not.
func (r Reattach) Needs() []chaos.Need {
	if r.Anywhere {
		return []chaos.Need{chaos.MovableVolume, chaos.StatefulSet}
	}
	return []chaos.Need{chaos.TiedVolume, chaos.StatefulSet}
}

func (r Reattach) suits(vs volumes) error {
	if r.Anywhere {
		return vs.free()
	}
	return vs.tied()
}

// Inject deletes set and pod, waits until both are gone, and makes the set again.
func (r Reattach) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	v, vols, err := withVolumes(ctx, c, r.Target, r.suits)
	if err != nil {
		return nil, err
	}
	pod := &v.Object
	set, err := recreatable(ctx, c, pod)
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, r, fmt.Sprintf("StatefulSet %s and pod %s", set.Name, pod.Name))
	was := attached{cluster: c, before: before, pod: kube.FactOf(pod), volumes: vols, set: set, stays: true, anywhere: r.Anywhere}
	a.Held, a.Hit = was.confirm, was.hit()
	if _, err := a.Promise(ctx, pods.AwaitPods, kube.SetPods([]corev1.Pod{*pod})); err != nil {
		return a.Changed(), err
	}
	if _, err := a.Promise(ctx, RecreateSet, record(set)); err != nil {
		return a.Changed(), err
	}
	return a, reinstall(ctx, a, was)
}

// recreatable returns the pod's StatefulSet if no data can be lost by deleting it.
func recreatable(ctx context.Context, c kube.Cluster, pod *corev1.Pod) (*appsv1.StatefulSet, error) {
	set, err := kube.SetOf(ctx, c, pod)
	if err != nil {
		return nil, err
	}
	if n := len(kube.PodNames(set)); n != 1 {
		return nil, fmt.Errorf("StatefulSet %s has %d pods: to delete it would take more than pod %s", set.Name, n, pod.Name)
	}
	p := set.Spec.PersistentVolumeClaimRetentionPolicy
	if p != nil && p.WhenDeleted == appsv1.DeletePersistentVolumeClaimRetentionPolicyType {
		return nil, fmt.Errorf("StatefulSet %s takes its claims with it when it is deleted (persistentVolumeClaimRetentionPolicy.whenDeleted): set it to Retain", set.Name)
	}
	return set, nil
}

// reinstall waits until set and pod are gone before it makes the set again. Made earlier, the new set
// would meet a pod of its own name that it may not adopt.
func reinstall(ctx context.Context, a *chaos.Active, was attached) error {
	c, set, background := was.cluster, was.set, metav1.DeletePropagationBackground
	err := c.Client().AppsV1().StatefulSets(c.Namespace()).Delete(ctx, set.Name, metav1.DeleteOptions{
		Preconditions: metav1.NewUIDPreconditions(string(set.UID)), PropagationPolicy: &background,
	})
	if err != nil {
		return fmt.Errorf("deleting StatefulSet %s: %w", set.Name, err)
	}
	a.Acted()
	// The garbage collector may have been here first.
	if err := kube.Remove(ctx, c, was.pod, kube.OwnGrace); err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	err = kube.Wait(ctx, kube.ReplaceWithin, "pod "+was.pod.Name+" to be gone", func(ctx context.Context) error {
		return kube.Gone(ctx, c, was.pod)
	})
	if err != nil {
		return err
	}
	return recreateSet(ctx, c, "", record(set))
}
