package disk

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LoseVolume takes a pod's volume for good: the pod ends, its claim is deleted, and the volume with it. The StatefulSet makes a
// new claim, and the server starts on an empty volume. What was lost, no healing brings back.
type LoseVolume struct {
	chaos.Target
	Retained bool // also a volume whose reclaim policy keeps it when its claim goes; without it such a volume is refused
}

// Name says whose volume is lost.
func (l LoseVolume) Name() string { return "lose the volume of " + l.Target.String() }

// Needs a volume that follows its pod: a new one of a tied kind could be made on another node.
func (LoseVolume) Needs() []chaos.Need { return []chaos.Need{chaos.MovableVolume} }

// Inject scales to zero, deletes the claims, and scales back.
func (l LoseVolume) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	v, vols, err := withVolumes(ctx, c, l.Target, func(volumes) error { return nil })
	if err != nil {
		return nil, err
	}
	was, err := darkenedBy(ctx, c, &v.Object)
	if err == nil && !l.Retained {
		err = vols.perishable(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, l, "the volume of pod "+v.Pod)
	a.Hit = vols.things().Add(chaos.Things{observe.Pod: {v.Pod}, observe.StatefulSet: {was.Set.Set}})
	a.Held = func(ctx context.Context) error {
		if err := vols.lost(ctx, c, v.Pod); err != nil {
			return err
		}
		return before.Bystanders(ctx, c, a.Hit)
	}
	if _, err := a.Promise(ctx, change.RestoreReplicas, was.Set); err != nil {
		return a.Changed(), err
	}
	if err := vols.release(ctx, c, a); err != nil {
		return a.Changed(), err
	}
	return a, loseVolumes(ctx, c, a, lostVolumes{vols, was})
}

type lostVolumes struct {
	volumes
	of darkened
}

func loseVolumes(ctx context.Context, c kube.Cluster, a *chaos.Active, l lostVolumes) error {
	if err := change.Scale(ctx, c, l.of.Set.Set, 0); err != nil {
		return err
	}
	a.Acted()
	err := kube.Wait(ctx, kube.ReplaceWithin, "pod "+l.of.Pod+" to be gone", func(ctx context.Context) error {
		return l.of.detached(ctx, c)
	})
	if err != nil {
		return err
	}
	for _, v := range l.volumes {
		if err := v.drop(ctx, c); err != nil {
			return err
		}
	}
	if err := change.RestoreScale(ctx, c, l.of.Set); err != nil {
		return err
	}
	for _, v := range l.volumes {
		now, err := readVolume(ctx, c, v.claim)
		if err != nil {
			return err
		}
		a.Hit = a.Hit.Add(volumes{now}.things())
	}
	return a.Keep(ctx, a.Hit)
}

// drop deletes that very claim, and waits until it and its volume are gone.
func (v volume) drop(ctx context.Context, c kube.Cluster) error {
	core := c.Client().CoreV1()
	claims := core.PersistentVolumeClaims(c.Namespace())
	err := claims.Delete(ctx, v.claim, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(v.claimUID))})
	if err != nil {
		return fmt.Errorf("deleting claim %s: %w", v.claim, err)
	}
	return kube.Wait(ctx, kube.ReplaceWithin, "claim "+v.claim+" and its volume to be gone", func(ctx context.Context) error {
		if now, err := claims.Get(ctx, v.claim, metav1.GetOptions{}); err == nil && now.UID == v.claimUID {
			return fmt.Errorf("claim %s is there still (finalizers %v)", v.claim, now.Finalizers)
		} else if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
		if now, err := core.PersistentVolumes().Get(ctx, v.name, metav1.GetOptions{}); err == nil && now.UID == v.uid {
			return fmt.Errorf("volume %s is there still, %s", v.name, now.Status.Phase)
		} else if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
		return nil
	})
}

// lost returns nil when the pod runs and each claim of that name is another one, on another volume.
func (vs volumes) lost(ctx context.Context, c kube.Cluster, pod string) error {
	for _, was := range vs {
		now, err := readVolume(ctx, c, was.claim)
		if err != nil {
			return err
		}
		if now.claimUID == was.claimUID || now.uid == was.uid {
			return fmt.Errorf("claim %s is still bound to volume %s (UID %s)", was.claim, now.name, now.uid)
		}
	}
	return kube.Running(ctx, c, pod)
}

func (vs volumes) things() chaos.Things {
	things := chaos.Things{}
	for _, v := range vs {
		things = things.Add(chaos.Things{observe.Claim: {v.claim}, observe.Volume: {v.name}})
	}
	return things
}
