package nodes

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/chaos/pods"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TaintKey is that of our taint; its value is the id of the entry that removes it.
const TaintKey = "rmqproof/no-execute"

// Taint puts a taint with the effect NoExecute on the node of the target's first process: its pods are deleted at once,
// without asking disruption budgets, unless they tolerate everything.
type Taint struct{ chaos.Target }

// Name says which node is tainted.
func (t Taint) Name() string { return "taint NoExecute on the node of " + t.Target.String() }

// Needs nothing.
func (Taint) Needs() []chaos.Need { return nil }

// Inject adds the taint; the node's pods are promised to run again.
func (t Taint) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	victims, err := kube.Select(ctx, c, t.Target)
	if err != nil {
		return nil, err
	}
	node, displaced, err := toTaint(ctx, c, &victims[0].Object)
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, t, fmt.Sprintf("node %s, which holds pod %s", node.Name, victims[0].Pod))
	a.Hit = chaos.Things{observe.Node: {node.Name}, observe.Pod: kube.Names(displaced)}
	if _, err := a.Promise(ctx, pods.AwaitPods, kube.SetPods(displaced)); err != nil {
		return a.Changed(), err
	}
	e, err := a.Promise(ctx, Untaint, Prior{node.Name})
	if err != nil {
		return a.Changed(), err
	}
	a.Held = func(ctx context.Context) error {
		if err := emptied(ctx, c, node.Name, e.Mark()); err != nil {
			return err
		}
		return before.Bystanders(ctx, c, a.Hit)
	}
	err = taint(ctx, c, node.Name, TaintKey, e.Mark())
	a.Acted()
	return a, err
}

// toTaint returns the node of a pod and what runs there. It refuses nodes that no fault may empty.
func toTaint(ctx context.Context, c kube.Cluster, pod *corev1.Pod) (*corev1.Node, []corev1.Pod, error) {
	node, err := ToCordon(ctx, c, pod)
	if err == nil {
		err = sparesAgent(ctx, c, node.Name)
	}
	if err != nil {
		return nil, nil, err
	}
	displaced, err := kube.PodsOn(ctx, c, node.Name)
	return node, displaced, err
}

// emptied returns nil once the node bears our taint and holds no pod.
func emptied(ctx context.Context, c kube.Cluster, name, mark string) error {
	if err := tainted(ctx, c, name, TaintKey, mark); err != nil {
		return err
	}
	return kube.Wait(ctx, kube.ReplaceWithin, "node "+name+" to hold no pod", func(ctx context.Context) error {
		return empty(ctx, c, name)
	})
}

// Untaint removes our taint from a node, and only the entry's.
var Untaint = kube.Undoing("remove-taint", untaint(TaintKey))

// BackInService removes the taint by which a node was declared lost, and only the entry's.
var BackInService = kube.Undoing("back-in-service", untaint(corev1.TaintNodeOutOfService))

func ours(key, mark string) func(corev1.Taint) bool {
	return func(t corev1.Taint) bool { return t.Key == key && t.Value == taintValue(mark) }
}

// taintValue is the entry's id: a taint's value may hold no slash.
func taintValue(mark string) string {
	for n := range mark {
		if mark[n] == '/' {
			return mark[n+1:]
		}
	}
	return mark
}

func taint(ctx context.Context, c kube.Cluster, name, key, mark string) error {
	err := updateNode(ctx, c, name, func(n *corev1.Node) error {
		n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: key, Value: taintValue(mark), Effect: corev1.TaintEffectNoExecute})
		return nil
	})
	if err != nil {
		return fmt.Errorf("tainting node %s: %w", name, err)
	}
	return nil
}

func tainted(ctx context.Context, c kube.Cluster, name, key, mark string) error {
	node, err := c.Client().CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if err == nil && !slices.ContainsFunc(node.Spec.Taints, ours(key, mark)) {
		err = fmt.Errorf("node %s does not bear the taint %s=%s", name, key, taintValue(mark))
	}
	return err
}

func untaint(key string) func(context.Context, kube.Cluster, string, Prior) error {
	return func(ctx context.Context, c kube.Cluster, mark string, prior Prior) error {
		return kube.Wait(ctx, kube.NodeWithin, "node "+prior.Node+" to bear our taint no more", func(ctx context.Context) error {
			err := withoutTaint(ctx, c, prior.Node, ours(key, mark))
			switch {
			case apierrors.IsNotFound(err) || errors.Is(err, errDone):
				return nil
			case err != nil:
				return err
			}
			if tainted(ctx, c, prior.Node, key, mark) == nil {
				return fmt.Errorf("node %s bears the taint that was removed", prior.Node)
			}
			return nil
		})
	}
}

func withoutTaint(ctx context.Context, c kube.Cluster, name string, ours func(corev1.Taint) bool) error {
	return updateNode(ctx, c, name, func(n *corev1.Node) error {
		if !slices.ContainsFunc(n.Spec.Taints, ours) {
			return errDone
		}
		n.Spec.Taints = slices.DeleteFunc(n.Spec.Taints, ours)
		return nil
	})
}

var errDone = errors.New("there is nothing to do")
