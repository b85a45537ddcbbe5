package flat

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func getSet(ctx context.Context, c Cluster, name string) (*appsv1.StatefulSet, error) {
	s, err := c.Client().AppsV1().StatefulSets(c.Namespace()).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading StatefulSet %s: %w", name, err)
	}
	return s, nil
}

// setOf returns the StatefulSet that made the pod.
func setOf(ctx context.Context, c Cluster, p *corev1.Pod) (*appsv1.StatefulSet, error) {
	name, ok := ownerSet(p)
	if !ok {
		return nil, fmt.Errorf("pod %s belongs to no StatefulSet, so nothing would bring it back under its name", p.Name)
	}
	return getSet(ctx, c, name)
}

// podNames lists the pods that the StatefulSet wants.
func podNames(s *appsv1.StatefulSet) []string {
	first, count := int32(0), int32(1)
	if s.Spec.Ordinals != nil {
		first = s.Spec.Ordinals.Start
	}
	if s.Spec.Replicas != nil {
		count = *s.Spec.Replicas
	}
	var names []string
	for n := first; n < first+count; n++ {
		names = append(names, fmt.Sprintf("%s-%d", s.Name, n))
	}
	return names
}

// wants says whether the pod's StatefulSet, if it is still there, has a place for it.
func wants(ctx context.Context, c Cluster, p keptPod) (bool, error) {
	s, err := getSet(ctx, c, p.Set)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return slices.Contains(podNames(s), p.Name), nil
}

// recordedSet is all that it takes to make a StatefulSet again.
type recordedSet struct {
	UID types.UID          `json:"uid"`
	Set appsv1.StatefulSet `json:"set"`
}

// record drops what the API server adds by itself and would refuse.
func record(s *appsv1.StatefulSet) recordedSet {
	return recordedSet{s.UID, appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: s.Name, Labels: s.Labels, Annotations: s.Annotations,
			OwnerReferences: s.OwnerReferences, Finalizers: s.Finalizers,
		},
		Spec: s.Spec,
	}}
}

// recreateSet makes the StatefulSet again where it is missing. One that is still there, or was made since, stays.
func recreateSet(ctx context.Context, c Cluster, _ string, was recordedSet) error {
	sets := c.Client().AppsV1().StatefulSets(c.Namespace())
	return until(ctx, deleteSetWithin, "StatefulSet "+was.Set.Name+" to be there again", func(ctx context.Context) error {
		s, err := sets.Get(ctx, was.Set.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			s, err = sets.Create(ctx, was.Set.DeepCopy(), metav1.CreateOptions{})
		}
		if err != nil {
			return err
		}
		if s.DeletionTimestamp != nil {
			return fmt.Errorf("the old StatefulSet %s (UID %s) is still being deleted", s.Name, s.UID)
		}
		return nil
	})
}
