package disk

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"
)

// perishable refuses volumes that are kept when their claims go: they would not be lost.
func (vs volumes) perishable(ctx context.Context, c kube.Cluster) error {
	for _, v := range vs {
		pv, err := c.Client().CoreV1().PersistentVolumes().Get(ctx, v.name, metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("reading volume %s: %w", v.name, err)
		}
		if pv.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimRetain {
			return fmt.Errorf("volume %s is kept when its claim is deleted (reclaim policy Retain): it would not be lost", v.name)
		}
	}
	return nil
}

// retained is a volume that outlives its claim.
type retained struct {
	Volume string `json:"volume"`
	UID    string `json:"uid"`
}

// KeepVolume has a volume outlive its claim again, where it is still there.
var KeepVolume = kube.Undoing("keep-volume", func(ctx context.Context, c kube.Cluster, _ string, was retained) error {
	return setReclaim(ctx, c, was, corev1.PersistentVolumeReclaimRetain)
})

// release has each volume that would be kept go with its claim.
func (vs volumes) release(ctx context.Context, c kube.Cluster, a *chaos.Active) error {
	for _, v := range vs {
		if (volumes{v}).perishable(ctx, c) == nil {
			continue
		}
		was := retained{v.name, string(v.uid)}
		if _, err := a.Promise(ctx, KeepVolume, was); err != nil {
			return err
		}
		if err := setReclaim(ctx, c, was, corev1.PersistentVolumeReclaimDelete); err != nil {
			return err
		}
	}
	return nil
}

// setReclaim changes that very volume, and none that was made since.
func setReclaim(ctx context.Context, c kube.Cluster, v retained, to corev1.PersistentVolumeReclaimPolicy) error {
	all := c.Client().CoreV1().PersistentVolumes()
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error { // its controllers write to it while a claim comes or goes
		now, err := all.Get(ctx, v.Volume, metav1.GetOptions{})
		if apierrors.IsNotFound(err) || err == nil && string(now.UID) != v.UID {
			return nil
		}
		if err == nil {
			now.Spec.PersistentVolumeReclaimPolicy = to
			_, err = all.Update(ctx, now, metav1.UpdateOptions{})
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("setting the reclaim policy of volume %s to %s: %w", v.Volume, to, err)
	}
	return nil
}
