package change

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// RestoreImages rolls StatefulSets back whose upgrade did not end.
var RestoreImages = kube.Undoing("restore-images", restoreImages)

// restoreImages goes in the reverse order: the StatefulSet at which the upgrade broke off comes first, and masters
// before the slaves that must be able to copy from them. It waits only for what it changes: a master that waits for its
// slave is not ready before the slave's turn. It stops at the first that does not become ready, so as not to take the
// next replica down as well.
func restoreImages(ctx context.Context, c kube.Cluster, _ string, prior imagesPrior) error {
	var kept []set
	for _, s := range slices.Backward(prior.Steps) {
		wanted, err := s.restore(ctx, c, prior.To)
		if err != nil {
			return err
		}
		if wanted {
			kept = append(kept, s)
		}
	}
	for _, s := range kept {
		if err := s.awaitRestored(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// restore takes one StatefulSet back. One that was removed since is not wanted any more.
func (s set) restore(ctx context.Context, c kube.Cluster, to string) (wanted bool, err error) {
	now, err := kube.GetSet(ctx, c, s.Name)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	image, _ := imageIn(now, s.Container)
	if image != s.Image && image != to {
		return false, fmt.Errorf("StatefulSet %s was changed by somebody else since the upgrade began; it is left alone", s.Name)
	}
	if image == s.Image {
		return true, nil
	}
	chaos.Tell(ctx, chaos.Report{Text: fmt.Sprintf("rolling StatefulSet %s back to %s", s.Name, s.Image)})
	if err := setImage(ctx, c, s, s.Image); err != nil {
		return true, err
	}
	return true, s.awaitRestored(ctx, c)
}

func (s set) awaitRestored(ctx context.Context, c kube.Cluster) error {
	what := fmt.Sprintf("StatefulSet %s to serve with %s again", s.Name, s.Image)
	return kube.Wait(ctx, stepWithin, what, func(ctx context.Context) error {
		return errors.Join(s.serves(ctx, c, s.Image), s.removeBroken(ctx, c))
	})
}

// removeBroken deletes pods of the abandoned image that are not ready. A StatefulSet waits for such a pod to become
// ready before it replaces it, which never happens, so the old template alone repairs nothing.
func (s set) removeBroken(ctx context.Context, c kube.Cluster) error {
	for _, name := range s.Pods {
		pod, err := kube.GetPod(ctx, c, name)
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		if s.imageOf(pod) == s.Image || kube.Ready(pod) || pod.DeletionTimestamp != nil {
			continue
		}
		chaos.Tell(ctx, chaos.Report{Text: "removing a pod that the upgrade broke: " + kube.Describe(pod)})
		if err := kube.Remove(ctx, c, kube.FactOf(pod), kube.OwnGrace); err != nil {
			return err
		}
	}
	return nil
}
