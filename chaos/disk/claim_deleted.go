package disk

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// DeleteClaim deletes the claim of a pod that uses it. Kubernetes keeps it for as long as the pod does, and for not a moment longer: the
// next restart finds no claim, and its set makes another, on an empty volume. To heal it the pod is taken away, and the volume, which
// is kept meanwhile whatever its reclaim policy, is bound to a new claim of the same name.
type DeleteClaim struct{ chaos.Target }

// Name says whose claim it is.
func (d DeleteClaim) Name() string {
	return "delete the claim of " + d.Target.String() + " while it is used"
}

// Needs a volume that can be bound again wherever its pod goes, and a StatefulSet.
func (DeleteClaim) Needs() []chaos.Need {
	return []chaos.Need{chaos.MovableVolume, chaos.StatefulSet}
}

// Inject deletes the claims of the first target.
func (d DeleteClaim) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	v, vols, err := withVolumes(ctx, c, d.Target, volumes.free)
	if err != nil {
		return nil, err
	}
	was, err := bindingsOf(ctx, c, &v.Object)
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, d, "the claim of pod "+v.Pod)
	a.Hit = vols.things()
	a.Leaves(a.Hit)                            // a claim that was deleted is another one afterwards
	a.Held = func(ctx context.Context) error { // that the pod is the same is among the bystanders
		for _, v := range vols {
			if err := v.condemned(ctx, c); err != nil {
				return err
			}
		}
		return before.Bystanders(ctx, c, a.Hit)
	}
	if _, err := a.Promise(ctx, RebindClaims, was); err != nil {
		return a.Changed(), err
	}
	err = was.keep(ctx, c)
	for _, v := range vols {
		if err == nil {
			err = c.Client().CoreV1().PersistentVolumeClaims(c.Namespace()).Delete(ctx, v.claim, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(v.claimUID))})
		}
	}
	a.Acted()
	return a, err
}

// condemned returns nil where that very claim is deleted, and kept by whoever uses it.
func (v volume) condemned(ctx context.Context, c kube.Cluster) error {
	now, err := c.Client().CoreV1().PersistentVolumeClaims(c.Namespace()).Get(ctx, v.claim, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("claim %s, which a pod uses: %w", v.claim, err)
	}
	if now.UID != v.claimUID || now.DeletionTimestamp == nil {
		return fmt.Errorf("claim %s (UID %s) is not being deleted; the one of before has UID %s", v.claim, now.UID, v.claimUID)
	}
	return nil
}
