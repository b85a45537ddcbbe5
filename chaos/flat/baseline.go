package flat

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// baseline is the state of everything that a fault must not touch beside its target, at one moment.
type baseline struct {
	pods   map[string]podFact
	nodes  map[string]bool // name -> schedulable
	claims map[string]claimFact
	sets   map[string]types.UID
}

// podFact is what tells whether a pod is still the same one.
type podFact struct {
	Name       string
	UID        types.UID
	Node       string
	Deleting   bool
	Images     map[string]string // container -> image that was asked for
	Containers map[string]string // container -> id that the runtime gave
}

type claimFact struct {
	UID    types.UID
	Volume string
}

// hit names what the fault is allowed to change.
type hit struct{ pods, nodes, sets []string }

func factOf(p *corev1.Pod) podFact {
	f := podFact{
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

// observe takes the baseline. Pods that have ended are left out: they may be cleared away at any time.
func observe(ctx context.Context, c Cluster) (baseline, error) {
	b := baseline{pods: map[string]podFact{}, nodes: map[string]bool{}, claims: map[string]claimFact{}, sets: map[string]types.UID{}}
	core, ns := c.Client().CoreV1(), c.Namespace()
	pods, errPods := core.Pods(ns).List(ctx, metav1.ListOptions{})
	nodes, errNodes := core.Nodes().List(ctx, metav1.ListOptions{})
	claims, errClaims := core.PersistentVolumeClaims(ns).List(ctx, metav1.ListOptions{})
	sets, errSets := c.Client().AppsV1().StatefulSets(ns).List(ctx, metav1.ListOptions{})
	if err := errors.Join(errPods, errNodes, errClaims, errSets); err != nil {
		return b, fmt.Errorf("recording the state of namespace %s and of the nodes: %w", ns, err)
	}
	for i := range pods.Items {
		if !ended(&pods.Items[i]) {
			b.pods[pods.Items[i].Name] = factOf(&pods.Items[i])
		}
	}
	for _, n := range nodes.Items {
		b.nodes[n.Name] = !n.Spec.Unschedulable
	}
	for _, p := range claims.Items {
		b.claims[p.Name] = claimFact{p.UID, p.Spec.VolumeName}
	}
	for _, s := range sets.Items {
		b.sets[s.Name] = s.UID
	}
	return b, nil
}

// bystanders returns nil when nothing but the hit changed since the baseline was taken. Claims are never a
// target: no fault here replaces one.
func (b baseline) bystanders(ctx context.Context, c Cluster, h hit) error {
	now, err := observe(ctx, c)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(b.pods)) {
		if !slices.Contains(h.pods, name) {
			errs = append(errs, b.pods[name].same(now.pods[name]))
		}
	}
	errs = append(errs,
		unchanged("node", "schedulable", h.nodes, b.nodes, now.nodes),
		unchanged("claim", "UID and volume", nil, b.claims, now.claims),
		unchanged("StatefulSet", "UID", h.sets, b.sets, now.sets))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the fault was not confined to its target, or something else changed meanwhile: %w", err)
	}
	return nil
}

func (f podFact) same(now podFact) error {
	switch {
	case now.Name == "":
		return fmt.Errorf("bystander pod %s is gone", f.Name)
	case now.UID != f.UID:
		return fmt.Errorf("bystander pod %s was replaced: UID %s, before %s", f.Name, now.UID, f.UID)
	case now.Deleting && !f.Deleting:
		return fmt.Errorf("bystander pod %s is being deleted", f.Name)
	case !maps.Equal(now.Images, f.Images):
		return fmt.Errorf("bystander pod %s has images %v, before %v", f.Name, now.Images, f.Images)
	}
	return nil
}

func unchanged[V comparable](kind, what string, hit []string, before, now map[string]V) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if slices.Contains(hit, name) {
			continue
		}
		if got, ok := now[name]; !ok {
			errs = append(errs, fmt.Errorf("bystander %s %s is gone", kind, name))
		} else if got != before[name] {
			errs = append(errs, fmt.Errorf("bystander %s %s: %s is %v, before %v", kind, name, what, got, before[name]))
		}
	}
	return errors.Join(errs...)
}
