package disk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/observe"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// attached is what must hold once a pod has its volumes again.
type attached struct {
	cluster kube.Cluster
	before  observe.Baseline
	pod     kube.PodFact
	volumes volumes
	set     *appsv1.StatefulSet // the one that was recreated, or nil
	mark    string              // of the cordon that made the pod move, or empty
	stays   bool                // on its node

	anywhere bool // it may return to any node
}

func (a attached) confirm(ctx context.Context) error {
	if a.mark != "" {
		if err := nodes.Cordoned(ctx, a.cluster, a.pod.Node, a.mark); err != nil {
			return err
		}
	}
	if a.set != nil {
		if err := a.newSet(ctx); err != nil {
			return err
		}
	}
	err := kube.Wait(ctx, kube.StartWithin, "a new pod "+a.pod.Name+" to run with the same volume", func(ctx context.Context) error {
		return errors.Join(a.successor(ctx), a.sameVolumes(ctx))
	})
	if err != nil {
		return err
	}
	return a.before.Bystanders(ctx, a.cluster, a.hit())
}

func (a attached) hit() chaos.Things {
	hit := chaos.Things{observe.Pod: {a.pod.Name}}
	if a.mark != "" {
		hit[observe.Node] = []string{a.pod.Node}
	}
	if a.set != nil {
		hit[observe.StatefulSet] = []string{a.set.Name}
	}
	return hit
}

func (a attached) newSet(ctx context.Context) error {
	s, err := kube.GetSet(ctx, a.cluster, a.set.Name)
	if err != nil {
		return err
	}
	if s.UID == a.set.UID {
		return fmt.Errorf("StatefulSet %s is still the same (UID %s)", s.Name, s.UID)
	}
	return nil
}

// successor returns nil when a new pod runs where it should and mounts the claims: the kubelet starts no container
// before every volume is mounted.
func (a attached) successor(ctx context.Context) error {
	p, err := kube.GetPod(ctx, a.cluster, a.pod.Name)
	if err != nil {
		return err
	}
	for _, v := range a.volumes {
		if !slices.Contains(kube.ClaimsOf(p), v.claim) {
			return fmt.Errorf("pod %s does not mount claim %s", p.Name, v.claim)
		}
	}
	switch {
	case p.UID == a.pod.UID:
		return kube.Replaced(ctx, a.cluster, a.pod)
	case p.Status.Phase != corev1.PodRunning:
		return errors.New(kube.Describe(p))
	case !a.anywhere && (p.Spec.NodeName == a.pod.Node) != a.stays:
		return fmt.Errorf("%s; the one before was on %s", kube.Describe(p), a.pod.Node)
	}
	return kube.Replaced(ctx, a.cluster, a.pod)
}

func (a attached) sameVolumes(ctx context.Context) error {
	for _, was := range a.volumes {
		now, err := readVolume(ctx, a.cluster, was.claim)
		if err != nil {
			return err
		}
		if now != was {
			return fmt.Errorf("claim %s (UID %s) is bound to volume %s (UID %s); before, UID %s to %s (UID %s)",
				now.claim, now.claimUID, now.name, now.uid, was.claimUID, was.name, was.uid)
		}
	}
	return nil
}
