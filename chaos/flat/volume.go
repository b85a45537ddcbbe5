package flat

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// volume is a claim of a pod and what it is bound to.
type volume struct {
	claim    string
	claimUID types.UID
	name     string    // of the PersistentVolume
	uid      types.UID // of the PersistentVolume
	affinity bool      // it can be mounted on certain nodes only
}

type volumes []volume

// volumesOf reads the claims of a pod and their volumes: at least one, all bound.
func volumesOf(ctx context.Context, c Cluster, p *corev1.Pod) (volumes, error) {
	var vols volumes
	for _, name := range claimsOf(p) {
		v, err := readVolume(ctx, c, name)
		if err != nil {
			return nil, err
		}
		vols = append(vols, v)
	}
	if len(vols) == 0 {
		return nil, fmt.Errorf("pod %s has no claim: there is no volume to be attached again", p.Name)
	}
	return vols, nil
}

func readVolume(ctx context.Context, c Cluster, claim string) (volume, error) {
	core := c.Client().CoreV1()
	pvc, err := core.PersistentVolumeClaims(c.Namespace()).Get(ctx, claim, metav1.GetOptions{})
	if err != nil {
		return volume{}, fmt.Errorf("reading claim %s: %w", claim, err)
	}
	if pvc.Status.Phase != corev1.ClaimBound || pvc.Spec.VolumeName == "" {
		return volume{}, fmt.Errorf("claim %s is %s, not bound to a volume", claim, pvc.Status.Phase)
	}
	pv, err := core.PersistentVolumes().Get(ctx, pvc.Spec.VolumeName, metav1.GetOptions{})
	if err != nil {
		return volume{}, fmt.Errorf("reading volume %s of claim %s: %w", pvc.Spec.VolumeName, claim, err)
	}
	if ref := pv.Spec.ClaimRef; ref == nil || ref.UID != pvc.UID {
		return volume{}, fmt.Errorf("volume %s does not name claim %s (UID %s) as its own", pv.Name, claim, pvc.UID)
	}
	return volume{claim, pvc.UID, pv.Name, pv.UID, pv.Spec.NodeAffinity != nil}, nil
}

func (vs volumes) tied() error {
	for _, v := range vs {
		if !v.affinity {
			return fmt.Errorf("volume %s is tied to no node, so its pod may come back on any: use Move", v.name)
		}
	}
	return nil
}

func (vs volumes) free() error {
	for _, v := range vs {
		if v.affinity {
			return fmt.Errorf("volume %s is tied to its node (nodeAffinity) and cannot follow the pod: it needs a storage class shared by the nodes", v.name)
		}
	}
	return nil
}

// attached is what must hold once a pod has its volumes again.
type attached struct {
	before  baseline
	pod     podFact
	volumes volumes
	set     string // the StatefulSet that was recreated, or empty
	mark    string // of the cordon that made the pod move, or empty
	stays   bool   // on its node
}

func (a attached) confirm(ctx context.Context, c Cluster) error {
	h := hit{pods: []string{a.pod.Name}}
	if a.mark != "" {
		h.nodes = []string{a.pod.Node}
		if err := cordoned(ctx, c, a.pod.Node, a.mark); err != nil {
			return err
		}
	}
	if a.set != "" {
		h.sets = []string{a.set}
		if err := a.newSet(ctx, c); err != nil {
			return err
		}
	}
	err := until(ctx, startWithin, "a new pod "+a.pod.Name+" to run with the same volume", func(ctx context.Context) error {
		return errors.Join(a.successor(ctx, c), a.sameVolumes(ctx, c))
	})
	if err != nil {
		return err
	}
	return a.before.bystanders(ctx, c, h)
}

func (a attached) newSet(ctx context.Context, c Cluster) error {
	s, err := getSet(ctx, c, a.set)
	if err != nil {
		return err
	}
	if s.UID == a.before.sets[a.set] {
		return fmt.Errorf("StatefulSet %s is still the same (UID %s)", s.Name, s.UID)
	}
	return nil
}

// successor returns nil when a new pod runs where it should and mounts the claims: the kubelet starts no container
// before every volume is mounted.
func (a attached) successor(ctx context.Context, c Cluster) error {
	p, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, a.pod.Name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	for _, v := range a.volumes {
		if !slices.Contains(claimsOf(p), v.claim) {
			return fmt.Errorf("pod %s does not mount claim %s", p.Name, v.claim)
		}
	}
	switch {
	case p.UID == a.pod.UID:
		return replaced(ctx, c, a.pod)
	case p.Status.Phase != corev1.PodRunning:
		return errors.New(describe(p))
	case (p.Spec.NodeName == a.pod.Node) != a.stays:
		return fmt.Errorf("%s; the one before was on %s", describe(p), a.pod.Node)
	}
	return replaced(ctx, c, a.pod)
}

func (a attached) sameVolumes(ctx context.Context, c Cluster) error {
	for _, was := range a.volumes {
		now, err := readVolume(ctx, c, was.claim)
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
