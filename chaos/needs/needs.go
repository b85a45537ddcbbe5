// Package needs asks a cluster whether it offers what faults need, before anything is changed.
package needs

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubectl/pkg/drain"
)

// Lack is a need that the cluster does not meet.
type Lack struct {
	Need chaos.Need
	Why  string
}

func (l Lack) String() string { return fmt.Sprintf("needs %s: %s", l.Need.Sentence(), l.Why) }

// looks return why a need is not met, or nothing.
var looks = map[chaos.Need]func(context.Context, kube.Cluster) (string, error){
	chaos.NodeHelper:     nodeHelper,
	chaos.Evictions:      evictions,
	chaos.SeveralWorkers: severalWorkers,
	chaos.MovableVolume: func(ctx context.Context, c kube.Cluster) (string, error) {
		return volume(ctx, c, false, "every volume is tied to its node")
	},
	chaos.TiedVolume: func(ctx context.Context, c kube.Cluster) (string, error) {
		return volume(ctx, c, true, "no volume is tied to its node")
	},
	// A kernel is asked by the first act, which says so: only a helper on the node could ask before.
	chaos.NFTables: func(context.Context, kube.Cluster) (string, error) { return "", nil },
}

// Missing returns the needs that the cluster does not meet. It changes nothing.
func Missing(ctx context.Context, c kube.Cluster, needs []chaos.Need) ([]Lack, error) {
	var lacks []Lack
	for _, n := range needs {
		look, ok := looks[n]
		if !ok {
			return nil, fmt.Errorf("nobody knows how to ask for %q", n)
		}
		why, err := look(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("asking for %s: %w", n.Sentence(), err)
		}
		if why != "" {
			lacks = append(lacks, Lack{n, why})
		}
	}
	return lacks, nil
}

func nodeHelper(ctx context.Context, c kube.Cluster) (string, error) {
	k, ok := c.(hand.Keeper)
	if !ok {
		return "this system has no helpers", nil
	}
	return k.Helpers().Refused(ctx)
}

func evictions(_ context.Context, c kube.Cluster) (string, error) {
	version, err := drain.CheckEvictionSupport(c.Client())
	if err == nil && version.Empty() {
		return "the API server offers none", nil
	}
	return "", err
}

func severalWorkers(ctx context.Context, c kube.Cluster) (string, error) {
	list, err := c.Client().CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	count := 0
	for n := range list.Items {
		if !list.Items[n].Spec.Unschedulable && !nodes.OfControlPlane(&list.Items[n]) {
			count++
		}
	}
	if count < 2 {
		return fmt.Sprintf("%d workers take pods", count), nil
	}
	return "", nil
}

// volume looks for one that a claim of the namespace is bound to.
func volume(ctx context.Context, c kube.Cluster, tied bool, otherwise string) (string, error) {
	list, err := c.Client().CoreV1().PersistentVolumes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	for _, v := range list.Items {
		ours := func(ref *corev1.ObjectReference) bool { return ref != nil && ref.Namespace == c.Namespace() }
		if ours(v.Spec.ClaimRef) && (v.Spec.NodeAffinity != nil) == tied {
			return "", nil
		}
	}
	return otherwise, nil
}
