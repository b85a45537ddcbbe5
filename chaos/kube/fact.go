package kube

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// PodFact is what tells whether a pod is still the same one.
type PodFact struct {
	Name       string
	UID        types.UID
	Node       string
	Deleting   bool
	Images     map[string]string // container -> image that was asked for
	Containers map[string]string // container -> id that the runtime gave
}

// FactOf takes down what a pod is.
func FactOf(p *corev1.Pod) PodFact {
	f := PodFact{
		Name: p.Name, UID: p.UID, Node: p.Spec.NodeName, Deleting: p.DeletionTimestamp != nil,
		Images: map[string]string{}, Containers: map[string]string{},
	}
	for _, c := range p.Spec.Containers {
		f.Images[c.Name] = c.Image
	}
	for _, s := range p.Status.ContainerStatuses {
		f.Containers[s.Name] = s.ContainerID
	}
	return f
}

// Names returns the names of pods, in their order.
func Names(pods []corev1.Pod) []string {
	names := make([]string, len(pods))
	for n := range pods {
		names[n] = pods[n].Name
	}
	return names
}

// Named says "pod a" or "pods a, b".
func Named(names []string) string {
	if len(names) == 1 {
		return "pod " + names[0]
	}
	return "pods " + strings.Join(names, ", ")
}
