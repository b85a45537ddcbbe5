package flat

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// CordonAndDrain empties the worker that holds a broker or NameServer, as `kubectl drain` does before maintenance:
// it cordons the node and evicts its pods, which disruption budgets may delay. Pods of DaemonSets stay.
type CordonAndDrain struct {
	Of    Role
	Group string // brokerName; empty: any
	// KeepEmptyDir refuses to evict a pod that has an emptyDir volume; by default its content is given up.
	KeepEmptyDir bool
	// Within bounds the evictions; zero takes the budget.
	Within time.Duration
}

func (d CordonAndDrain) Name() string {
	return "drain node of " + selector{d.Of, One, d.Group}.String()
}

// Inject looks first and refuses what it could not finish or undo; then it writes down, cordons and evicts.
func (d CordonAndDrain) Inject(ctx context.Context, c Cluster) (Injection, error) {
	victims, err := selector{d.Of, One, d.Group}.pods(ctx, c)
	if err != nil {
		return nil, err
	}
	node, err := nodeToCordon(ctx, c, &victims[0])
	if err != nil {
		return nil, err
	}
	e := newEvictor(ctx, c, d)
	ours, err := e.survey(node.Name, c.Namespace())
	if err != nil {
		return nil, err
	}
	before, err := observe(ctx, c)
	if err != nil {
		return nil, err
	}
	i := newInjection(ctx, c, d, fmt.Sprintf("node %s, which holds pod %s", node.Name, victims[0].Name))
	mark, err := i.mayCordon(ctx, node.Name, ours)
	if err != nil {
		return i.begun(), err
	}
	i.confirm = func(ctx context.Context) error {
		return confirmDrained(ctx, c, mark, drained{before, node.Name, names(ours)})
	}
	if err := cordon(ctx, c, node.Name, mark); err != nil {
		return i, err
	}
	return i, e.evict(ctx, node.Name)
}

// mayCordon writes down that the node will be cordoned and its pods displaced. Healing takes the reverse order: a
// pod that is tied to the node comes back only when the node takes pods again.
func (i *injection) mayCordon(ctx context.Context, node string, displaced []corev1.Pod) (mark string, err error) {
	if _, err := i.intend(ctx, AwaitPods, kept(displaced)); err != nil {
		return "", err
	}
	e, err := i.intend(ctx, Uncordon, nodePrior{node})
	return e.mark(), err
}

// drained is what must hold after a drain: node is empty, and of before only pods changed.
type drained struct {
	before baseline
	node   string
	pods   []string
}

func confirmDrained(ctx context.Context, c Cluster, mark string, d drained) error {
	if err := cordoned(ctx, c, d.node, mark); err != nil {
		return err
	}
	err := until(ctx, replaceWithin, "node "+d.node+" to hold no pod that can be evicted", func(ctx context.Context) error {
		return empty(ctx, c, d.node)
	})
	if err != nil {
		return err
	}
	return d.before.bystanders(ctx, c, hit{pods: d.pods, nodes: []string{d.node}})
}

// empty returns nil when none of the namespace's pods that a drain must move is on the node.
func empty(ctx context.Context, c Cluster, node string) error {
	list, err := c.Client().CoreV1().Pods(c.Namespace()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	var left []error
	for n := range list.Items {
		if p := &list.Items[n]; p.Spec.NodeName == node && !ended(p) && !staysPut(p) {
			left = append(left, errors.New(describe(p)))
		}
	}
	return errors.Join(left...)
}

// staysPut says that a pod belongs to its node: a DaemonSet's, or the mirror of a static one.
func staysPut(p *corev1.Pod) bool {
	if _, mirror := p.Annotations[corev1.MirrorPodAnnotationKey]; mirror {
		return true
	}
	ref := metav1.GetControllerOf(p)
	return ref != nil && ref.Kind == "DaemonSet"
}

func names(pods []corev1.Pod) []string {
	var n []string
	for _, p := range pods {
		n = append(n, p.Name)
	}
	return n
}
