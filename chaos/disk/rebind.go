package disk

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// bindings are which claim had which volume, and the sets whose pods use them.
type bindings struct {
	Pods   []darkened     `json:"pods"`
	Claims []boundVolume  `json:"claims"`
	Keeps  []retainedNote `json:"keeps"`
}

// boundVolume is a claim as it can be made again, and its volume.
type boundVolume struct {
	Claim  string                           `json:"claim"`
	Labels map[string]string                `json:"labels"`
	Spec   corev1.PersistentVolumeClaimSpec `json:"spec"`
	Volume string                           `json:"volume"`
}

// retainedNote is what became of a volume when its claim went, before a fault had it kept.
type retainedNote struct {
	retained
	Policy corev1.PersistentVolumeReclaimPolicy `json:"policy"`
}

// RebindClaims gives each claim its own volume again, and the pods back to their sets.
var RebindClaims = kube.Undoing("rebind-claims", rebind)

// bindingsOf writes down all of some pods, and refuses what could not be bound again.
func bindingsOf(ctx context.Context, c kube.Cluster, pods ...*corev1.Pod) (bindings, error) {
	var b bindings
	for _, p := range pods {
		d, err := darkenedBy(ctx, c, p)
		if err != nil {
			return b, err
		}
		b.Pods = append(b.Pods, d)
		for _, name := range kube.ClaimsOf(p) {
			if err := b.add(ctx, c, name); err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

func (b *bindings) add(ctx context.Context, c kube.Cluster, name string) error {
	claim, err := c.Client().CoreV1().PersistentVolumeClaims(c.Namespace()).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading claim %s: %w", name, err)
	}
	pv, err := c.Client().CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading volume %s: %w", claim.Spec.VolumeName, err)
	}
	b.Claims = append(b.Claims, boundVolume{name, claim.Labels, claim.Spec, pv.Name})
	b.Keeps = append(b.Keeps, retainedNote{retained{pv.Name, string(pv.UID)}, pv.Spec.PersistentVolumeReclaimPolicy})
	return nil
}

// exchanged gives each of two claims the volume of the other.
func (b bindings) exchanged() bindings {
	b.Claims = append([]boundVolume{}, b.Claims...)
	b.Claims[0].Volume, b.Claims[1].Volume = b.Claims[1].Volume, b.Claims[0].Volume
	return b
}

// keep has every volume outlive its claim.
func (b bindings) keep(ctx context.Context, c kube.Cluster) error {
	var errs []error
	for _, k := range b.Keeps {
		errs = append(errs, setReclaim(ctx, c, k.retained, corev1.PersistentVolumeReclaimRetain))
	}
	return errors.Join(errs...)
}

// rebind may be repeated from anywhere: a claim that has its own volume is left alone.
func rebind(ctx context.Context, c kube.Cluster, _ string, b bindings) error {
	now := b.asBefore(ctx, c)
	if errors.Is(now, errUnread) {
		return now
	}
	if now != nil {
		if err := errors.Join(b.keep(ctx, c), takeAway(ctx, c, b.Pods)); err != nil {
			return err
		}
		if err := b.bind(ctx, c); err != nil {
			return err
		}
	}
	for _, k := range b.Keeps {
		if err := setReclaim(ctx, c, k.retained, k.Policy); err != nil {
			return err
		}
	}
	for _, d := range b.Pods {
		if err := change.RestoreScale(ctx, c, d.Set); err != nil {
			return err
		}
	}
	return nil
}

// errUnread: who has which volume is not known, and no claim is deleted for that.
var errUnread = errors.New("it cannot be read")

// asBefore returns nil where each claim has its own volume and stays.
func (b bindings) asBefore(ctx context.Context, c kube.Cluster) error {
	for _, v := range b.Claims {
		now, err := c.Client().CoreV1().PersistentVolumeClaims(c.Namespace()).Get(ctx, v.Claim, metav1.GetOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("claim %s: %w: %w", v.Claim, errUnread, err)
		}
		if err != nil {
			return err
		}
		if now.DeletionTimestamp != nil || now.Spec.VolumeName != v.Volume || now.Status.Phase != corev1.ClaimBound {
			return fmt.Errorf("claim %s is %s to volume %s, and is being deleted: %t", v.Claim, now.Status.Phase, now.Spec.VolumeName, now.DeletionTimestamp != nil)
		}
	}
	return nil
}

// bind deletes the claims, whose pods are gone by then, and makes each again for its volume.
func (b bindings) bind(ctx context.Context, c kube.Cluster) error {
	claims := c.Client().CoreV1().PersistentVolumeClaims(c.Namespace())
	for _, v := range b.Claims {
		if err := claims.Delete(ctx, v.Claim, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("deleting claim %s: %w", v.Claim, err)
		}
	}
	return kube.Wait(ctx, kube.ReplaceWithin, "the claims to be bound to their volumes", func(ctx context.Context) error {
		for _, v := range b.Claims {
			if err := v.bind(ctx, c); err != nil {
				return err
			}
		}
		return b.asBefore(ctx, c)
	})
}

// bind frees the volume of the claim that is gone, and makes the claim.
func (v boundVolume) bind(ctx context.Context, c kube.Cluster) error {
	claims, all := c.Client().CoreV1().PersistentVolumeClaims(c.Namespace()), c.Client().CoreV1().PersistentVolumes()
	now, err := claims.Get(ctx, v.Claim, metav1.GetOptions{})
	if err == nil && now.DeletionTimestamp == nil && now.Spec.VolumeName == v.Volume {
		return nil
	}
	if !apierrors.IsNotFound(err) {
		return fmt.Errorf("claim %s is there still (%w)", v.Claim, errors.Join(err, errors.New("its finalizers hold it")))
	}
	pv, err := all.Get(ctx, v.Volume, metav1.GetOptions{})
	if err == nil && pv.Spec.ClaimRef != nil {
		pv.Spec.ClaimRef = nil
		_, err = all.Update(ctx, pv, metav1.UpdateOptions{})
	}
	if err != nil {
		return fmt.Errorf("freeing volume %s for claim %s: %w", v.Volume, v.Claim, err)
	}
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: v.Claim, Labels: v.Labels}, Spec: v.Spec}
	claim.Spec.VolumeName = v.Volume
	_, err = claims.Create(ctx, claim, metav1.CreateOptions{})
	return err
}
