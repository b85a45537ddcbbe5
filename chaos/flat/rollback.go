package flat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// restoreSets rolls a broken-off upgrade back, in the reverse order: the StatefulSet at which it broke off comes
// first, and masters before the slaves that must be able to copy from them. It waits only for what it changes:
// a master that waits for its slave is not ready before the slave's turn. It stops at the first that does not
// become ready, so as not to take the next replica down as well.
func restoreSets(ctx context.Context, c Cluster, _ string, prior imagesPrior) error {
	var kept []upgradeStep
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
func (s upgradeStep) restore(ctx context.Context, c Cluster, to string) (wanted bool, err error) {
	set, err := getSet(ctx, c, s.Set)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	main := mainContainer(set)
	if main == nil || (main.Image != s.Image && main.Image != to) {
		return false, fmt.Errorf("StatefulSet %s was changed by somebody else since the upgrade began; it is left alone", s.Set)
	}
	if main.Image == s.Image {
		return true, nil
	}
	slog.InfoContext(ctx, "rolling back", "statefulset", s.Set, "to", s.Image)
	if err := setImage(ctx, c, s, s.Image); err != nil {
		return true, err
	}
	return true, s.awaitRestored(ctx, c)
}

func (s upgradeStep) awaitRestored(ctx context.Context, c Cluster) error {
	what := fmt.Sprintf("StatefulSet %s to serve with %s again", s.Set, s.Image)
	return until(ctx, upgradeStepWithin, what, func(ctx context.Context) error {
		return errors.Join(s.serves(ctx, c, s.Image), s.removeBroken(ctx, c))
	})
}

// removeBroken deletes pods of the abandoned image that are not ready. A StatefulSet waits for such a pod to become
// ready before it replaces it, which never happens, so the old template alone repairs nothing.
func (s upgradeStep) removeBroken(ctx context.Context, c Cluster) error {
	for _, name := range s.Pods {
		pod, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, name, getOptions)
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		if s.imageOf(pod) == s.Image || ready(pod) || pod.DeletionTimestamp != nil {
			continue
		}
		slog.InfoContext(ctx, "removing a pod that the upgrade broke", "seen", describe(pod))
		if err := remove(ctx, c, factOf(pod), ownGrace); err != nil {
			return err
		}
	}
	return nil
}
