package kube

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// GetSet reads a StatefulSet of the namespace.
func GetSet(ctx context.Context, c Cluster, name string) (*appsv1.StatefulSet, error) {
	s, err := c.Client().AppsV1().StatefulSets(c.Namespace()).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading StatefulSet %s: %w", name, err)
	}
	return s, nil
}

// OwnerSet returns the name of the StatefulSet that made the pod.
func OwnerSet(p *corev1.Pod) (string, bool) {
	if ref := metav1.GetControllerOf(p); ref != nil && ref.Kind == "StatefulSet" {
		return ref.Name, true
	}
	return "", false
}

// SetOf returns the StatefulSet that made the pod.
func SetOf(ctx context.Context, c Cluster, p *corev1.Pod) (*appsv1.StatefulSet, error) {
	name, ok := OwnerSet(p)
	if !ok {
		return nil, fmt.Errorf("pod %s belongs to no StatefulSet, so nothing would bring it back under its name", p.Name)
	}
	return GetSet(ctx, c, name)
}

// PodNames lists the pods that the StatefulSet wants.
func PodNames(s *appsv1.StatefulSet) []string {
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

// SetPod is a pod that its StatefulSet brings back under the same name.
type SetPod struct {
	Name string `json:"name"`
	Set  string `json:"set"`
}

// SetPods picks those that come back under their name. What a ReplicaSet makes anew is not known by name.
func SetPods(pods []corev1.Pod) []SetPod {
	list := []SetPod{}
	for n := range pods {
		if set, ok := OwnerSet(&pods[n]); ok {
			list = append(list, SetPod{pods[n].Name, set})
		}
	}
	return list
}

// Wanted says whether the pod's StatefulSet, if it is still there, has a place for it.
func (p SetPod) Wanted(ctx context.Context, c Cluster) (bool, error) {
	s, err := GetSet(ctx, c, p.Set)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return slices.Contains(PodNames(s), p.Name), nil
}
