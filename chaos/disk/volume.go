package disk

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
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

// withVolumes returns the first candidate whose volumes suit, or why none does.
func withVolumes(ctx context.Context, c kube.Cluster, t chaos.Target, suit func(volumes) error) (kube.Victim, volumes, error) {
	if t.Pick != chaos.One || t.WithSlave || t.NodeOf {
		return kube.Victim{}, nil, fmt.Errorf("one pod at a time is taken from its volumes, not %s", t)
	}
	if _, err := kube.Select(ctx, c, t); err != nil {
		return kube.Victim{}, nil, err
	}
	candidates, err := kube.Candidates(ctx, c, t)
	if err != nil {
		return kube.Victim{}, nil, err
	}
	var errs []error
	for _, v := range candidates {
		vols, err := volumesOf(ctx, c, &v.Object)
		if err == nil {
			err = suit(vols)
		}
		if err == nil {
			return v, vols, nil
		}
		errs = append(errs, err)
	}
	return kube.Victim{}, nil, errors.Join(errs...)
}

// volumesOf reads the claims of a pod and their volumes: at least one, all bound.
func volumesOf(ctx context.Context, c kube.Cluster, p *corev1.Pod) (volumes, error) {
	var vols volumes
	for _, name := range kube.ClaimsOf(p) {
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

func readVolume(ctx context.Context, c kube.Cluster, claim string) (volume, error) {
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
