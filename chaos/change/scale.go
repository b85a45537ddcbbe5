package change

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// ScaleToZero takes the StatefulSet of the target's first process to no replica, and back when healed.
type ScaleToZero struct{ chaos.Target }

// Name says what is scaled.
func (s ScaleToZero) Name() string { return "scale to zero " + s.Target.String() }

// Needs nothing.
func (ScaleToZero) Needs() []chaos.Need { return []chaos.Need{chaos.StatefulSet} }

// Replicas is how many a StatefulSet had.
type Replicas struct {
	Set      string `json:"set"`
	Replicas int    `json:"replicas"`
}

// RestoreReplicas scales a StatefulSet back, unless somebody else has scaled it since.
var RestoreReplicas = kube.Undoing("restore-replicas", restoreReplicas)

// Inject scales down and returns; Confirm waits until no pod is left.
func (s ScaleToZero) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	victims, err := kube.Select(ctx, c, s.Target)
	if err != nil {
		return nil, err
	}
	set, err := kube.SetOf(ctx, c, &victims[0].Object)
	if err != nil {
		return nil, err
	}
	if err := KeepsClaims(set); err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	names := kube.PodNames(set)
	a := chaos.Begin(on, s, "StatefulSet "+set.Name)
	a.Hit = chaos.Things{observe.Pod: names, observe.StatefulSet: {set.Name}}
	a.Held = func(ctx context.Context) error {
		if err := gone(ctx, c, names); err != nil {
			return err
		}
		return before.Bystanders(ctx, c, a.Hit)
	}
	if _, err := a.Promise(ctx, RestoreReplicas, Replicas{set.Name, len(names)}); err != nil {
		return a.Changed(), err
	}
	err = Scale(ctx, c, set.Name, 0)
	a.Acted()
	return a, err
}

// KeepsClaims refuses a set whose volumes, and all that is on them, would go with its pods.
func KeepsClaims(s *appsv1.StatefulSet) error {
	p := s.Spec.PersistentVolumeClaimRetentionPolicy
	if p != nil && p.WhenScaled == appsv1.DeletePersistentVolumeClaimRetentionPolicyType {
		return fmt.Errorf("StatefulSet %s takes its claims with it when it is scaled down (persistentVolumeClaimRetentionPolicy.whenScaled): set it to Retain", s.Name)
	}
	return nil
}

func gone(ctx context.Context, c kube.Cluster, names []string) error {
	return kube.Wait(ctx, kube.ReplaceWithin, fmt.Sprintf("pods %v to be gone", names), func(ctx context.Context) error {
		for _, name := range names {
			if pod, err := kube.GetPod(ctx, c, name); err == nil {
				return fmt.Errorf("there is still %s", kube.Describe(pod))
			} else if !apierrors.IsNotFound(err) {
				return err
			}
		}
		return nil
	})
}

// Scale sets how many pods a StatefulSet wants.
func Scale(ctx context.Context, c kube.Cluster, set string, replicas int) error {
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"replicas": replicas}})
	if err == nil {
		_, err = c.Client().AppsV1().StatefulSets(c.Namespace()).Patch(ctx, set, types.MergePatchType, patch, metav1.PatchOptions{})
	}
	if err != nil {
		return fmt.Errorf("scaling StatefulSet %s to %d: %w", set, replicas, err)
	}
	return nil
}

func restoreReplicas(ctx context.Context, c kube.Cluster, _ string, prior Replicas) error {
	return RestoreScale(ctx, c, prior)
}

// RestoreScale scales a StatefulSet back, unless somebody else has scaled it since, and waits until its pods run.
func RestoreScale(ctx context.Context, c kube.Cluster, prior Replicas) error {
	set, err := kube.GetSet(ctx, c, prior.Set)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	switch len(kube.PodNames(set)) {
	case 0:
		if err := Scale(ctx, c, prior.Set, prior.Replicas); err != nil {
			return err
		}
	case prior.Replicas: // scaled back before, and perhaps not seen to run
	default:
		return nil // somebody else has scaled it since
	}
	return kube.Wait(ctx, kube.StartWithin, "the pods of StatefulSet "+prior.Set+" to run again", func(ctx context.Context) error {
		set.Spec.Replicas = new(int32)
		*set.Spec.Replicas = int32(prior.Replicas)
		for _, name := range kube.PodNames(set) {
			if err := kube.Running(ctx, c, name); err != nil {
				return err
			}
		}
		return nil
	})
}
