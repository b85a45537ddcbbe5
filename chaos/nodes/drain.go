package nodes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/chaos/pods"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// drainWithin: evictions one after the other behind a disruption budget, each with its pod's grace period.
const drainWithin = 4 * time.Minute

// Drain empties the worker that holds the target's first process, as `kubectl drain` does before maintenance:
// it cordons the node and evicts its pods, which disruption budgets may delay. Pods of DaemonSets stay.
type Drain struct {
	chaos.Target
	// KeepEmptyDir refuses to evict a pod that has an emptyDir volume; by default its content is given up.
	KeepEmptyDir bool
	// Within bounds the evictions; zero takes the budget.
	Within time.Duration
}

// Name says which node is drained.
func (d Drain) Name() string { return "drain node of " + d.Target.String() }

// Needs evictions.
func (Drain) Needs() []chaos.Need { return []chaos.Need{chaos.Evictions} }

// Inject looks first and refuses what it could not finish or undo; then it writes down, cordons and evicts.
func (d Drain) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	victims, err := kube.Select(ctx, c, d.Target)
	if err != nil {
		return nil, err
	}
	node, err := ToCordon(ctx, c, &victims[0].Object)
	if err != nil {
		return nil, err
	}
	e := newEvictor(ctx, c, d)
	ours, err := e.survey(ctx, c, node.Name)
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, d, fmt.Sprintf("node %s, which holds pod %s", node.Name, victims[0].Pod))
	mark, err := MayCordon(ctx, a, node.Name, ours)
	if err != nil {
		return a.Changed(), err
	}
	was := drained{cluster: c, before: before, node: node.Name, pods: kube.Names(ours), mark: mark}
	a.Held, a.Hit = was.confirm, was.hit()
	if err := Cordon(ctx, c, node.Name, mark); err != nil {
		return a, err
	}
	a.Acted()
	return a, e.evict(ctx, node.Name)
}

// MayCordon promises that the node will take pods again and its pods will run. Healing takes the reverse order: a
// pod that is tied to the node comes back only when the node takes pods again.
func MayCordon(ctx context.Context, a *chaos.Active, node string, displaced []corev1.Pod) (mark string, err error) {
	if _, err := a.Promise(ctx, pods.AwaitPods, kube.SetPods(displaced)); err != nil {
		return "", err
	}
	e, err := a.Promise(ctx, Uncordon, Prior{node})
	return e.Mark(), err
}

// drained is what must hold after a drain: node is empty, and of before only pods changed.
type drained struct {
	cluster    kube.Cluster
	before     observe.Baseline
	node, mark string
	pods       []string
}

func (d drained) confirm(ctx context.Context) error {
	if err := Cordoned(ctx, d.cluster, d.node, d.mark); err != nil {
		return err
	}
	err := kube.Wait(ctx, kube.ReplaceWithin, "node "+d.node+" to hold no pod that can be evicted", func(ctx context.Context) error {
		return empty(ctx, d.cluster, d.node)
	})
	if err != nil {
		return err
	}
	return d.before.Bystanders(ctx, d.cluster, d.hit())
}

func (d drained) hit() chaos.Things {
	return chaos.Things{observe.Pod: d.pods, observe.Node: {d.node}}
}

// empty returns nil when none of the namespace's pods that a drain must move is on the node.
func empty(ctx context.Context, c kube.Cluster, node string) error {
	list, err := c.Client().CoreV1().Pods(c.Namespace()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	var left []error
	for n := range list.Items {
		if p := &list.Items[n]; p.Spec.NodeName == node && !kube.Ended(p) && !staysPut(p) {
			left = append(left, errors.New(kube.Describe(p)))
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
