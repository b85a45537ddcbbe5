package kube

import (
	"context"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Victim is a process to be hit, and its pod as it is at the moment of the choice.
type Victim struct {
	topology.Process
	Object corev1.Pod
}

// Select asks the cluster who is what now and returns the processes to hit, at least one. Pods that are being deleted,
// or were replaced since the cluster reported them, are no targets.
func Select(ctx context.Context, c Cluster, t chaos.Target) ([]Victim, error) {
	return choose(ctx, c, t, t.Select)
}

// Candidates returns every process that matches, whatever the target's Pick.
func Candidates(ctx context.Context, c Cluster, t chaos.Target) ([]Victim, error) {
	return choose(ctx, c, t, t.Candidates)
}

func choose(ctx context.Context, c Cluster, t chaos.Target, from func(topology.Snapshot) ([]topology.Process, error)) ([]Victim, error) {
	s, err := c.Snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for %s in namespace %s: %w", t, c.Namespace(), err)
	}
	list, err := c.Client().CoreV1().Pods(c.Namespace()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("looking for %s in namespace %s: %w", t, c.Namespace(), err)
	}
	s.Processes = slices.DeleteFunc(slices.Clone(s.Processes), func(p topology.Process) bool {
		return p.Pod != "" && !slices.ContainsFunc(list.Items, func(pod corev1.Pod) bool { return stays(p, &pod) })
	})
	chosen, err := from(s)
	if err != nil {
		return nil, fmt.Errorf("choosing %s in namespace %s: %w", t, c.Namespace(), err)
	}
	victims := make([]Victim, len(chosen))
	for n, p := range chosen {
		at := slices.IndexFunc(list.Items, func(pod corev1.Pod) bool { return stays(p, &pod) })
		victims[n] = Victim{p, list.Items[at]}
	}
	return victims, nil
}

// stays says that the process is in that very pod, and that nobody has deleted it.
func stays(p topology.Process, pod *corev1.Pod) bool {
	return p.Pod == pod.Name && p.UID == string(pod.UID) && pod.DeletionTimestamp == nil
}

// Pods returns the pods of the victims, each once.
func Pods(victims []Victim) []corev1.Pod {
	var pods []corev1.Pod
	for _, v := range victims {
		if !slices.ContainsFunc(pods, func(p corev1.Pod) bool { return p.Name == v.Object.Name }) {
			pods = append(pods, v.Object)
		}
	}
	return pods
}
