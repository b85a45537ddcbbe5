package nodes

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"
)

// CordonMark is the annotation that says who cordoned a node. It is set in the same write that cordons, so a node
// without it was cordoned by somebody else, and stays so.
const CordonMark = "rmqproof/cordoned-by"

var controlPlaneLabels = []string{"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"}

// Uncordon returns a node that bears the entry's mark to those that take pods.
var Uncordon = kube.Undoing("uncordon", uncordon)

// Prior is what uncordon needs: its name. The state before is always schedulable; see ToCordon.
type Prior struct {
	Node string `json:"node"`
}

// OfControlPlane says that the node is labelled as one of the control plane.
func OfControlPlane(n *corev1.Node) bool {
	for _, l := range controlPlaneLabels {
		if _, ok := n.Labels[l]; ok {
			return true
		}
	}
	return false
}

// ToCordon returns the pod's node if it may be cordoned: a worker that nobody else has cordoned, and that
// does not carry the load.
func ToCordon(ctx context.Context, c kube.Cluster, p *corev1.Pod) (*corev1.Node, error) {
	if p.Spec.NodeName == "" {
		return nil, fmt.Errorf("pod %s is on no node yet", p.Name)
	}
	node, err := c.Client().CoreV1().Nodes().Get(ctx, p.Spec.NodeName, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading node %s, which holds pod %s: %w", p.Spec.NodeName, p.Name, err)
	}
	if OfControlPlane(node) {
		return nil, fmt.Errorf("node %s, which holds pod %s, is of the control plane: it is never cordoned or drained", node.Name, p.Name)
	}
	if node.Spec.Unschedulable {
		return nil, fmt.Errorf("node %s is already cordoned (%s=%q): uncordon it, or recover the run that did it, first",
			node.Name, CordonMark, node.Annotations[CordonMark])
	}
	return node, nil
}

// Cordon makes the node unschedulable and marks it as ours, in one write, unless somebody was quicker.
func Cordon(ctx context.Context, c kube.Cluster, name, mark string) error {
	err := updateNode(ctx, c, name, func(n *corev1.Node) error {
		if n.Spec.Unschedulable {
			return fmt.Errorf("somebody else has cordoned it meanwhile")
		}
		if n.Annotations == nil {
			n.Annotations = map[string]string{}
		}
		n.Spec.Unschedulable, n.Annotations[CordonMark] = true, mark
		return nil
	})
	if err != nil {
		return fmt.Errorf("cordoning node %s: %w", name, err)
	}
	return nil
}

// uncordon undoes our cordon: only that of a node that bears the mark. A node that was removed needs nothing.
func uncordon(ctx context.Context, c kube.Cluster, mark string, prior Prior) error {
	return kube.Wait(ctx, kube.NodeWithin, "node "+prior.Node+" to be schedulable", func(ctx context.Context) error {
		node, err := c.Client().CoreV1().Nodes().Get(ctx, prior.Node, metav1.GetOptions{})
		if apierrors.IsNotFound(err) || (err == nil && node.Annotations[CordonMark] != mark) {
			return nil
		}
		if err != nil {
			return err
		}
		err = updateNode(ctx, c, prior.Node, func(n *corev1.Node) error {
			n.Spec.Unschedulable = false
			delete(n.Annotations, CordonMark)
			return nil
		})
		if err != nil {
			return err
		}
		return schedulable(ctx, c, prior.Node)
	})
}

func schedulable(ctx context.Context, c kube.Cluster, name string) error {
	node, err := c.Client().CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if err == nil && node.Spec.Unschedulable {
		err = fmt.Errorf("node %s was made schedulable and reads back unschedulable", name)
	}
	return err
}

// updateNode changes what was read and nothing that came since.
func updateNode(ctx context.Context, c kube.Cluster, name string, change func(*corev1.Node) error) error {
	nodes := c.Client().CoreV1().Nodes()
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		node, err := nodes.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if err := change(node); err != nil {
			return err
		}
		_, err = nodes.Update(ctx, node, metav1.UpdateOptions{})
		return err
	})
}

// Cordoned returns nil when the node is unschedulable by our act.
func Cordoned(ctx context.Context, c kube.Cluster, name, mark string) error {
	node, err := c.Client().CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading node %s: %w", name, err)
	}
	if !node.Spec.Unschedulable || node.Annotations[CordonMark] != mark {
		return fmt.Errorf("node %s: unschedulable is %t and %s is %q, not true and %q",
			name, node.Spec.Unschedulable, CordonMark, node.Annotations[CordonMark], mark)
	}
	return nil
}
