package flat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

var getOptions = metav1.GetOptions{}

// upgrade takes one StatefulSet to the new image and returns when it serves as before.
func (p upgradePlan) upgrade(ctx context.Context, c Cluster, s upgradeStep) error {
	slog.InfoContext(ctx, "upgrading", "statefulset", s.Set, "from", s.Image, "to", p.To)
	if err := setImage(ctx, c, s, p.To); err != nil {
		return err
	}
	what := fmt.Sprintf("StatefulSet %s to serve with %s", s.Set, p.To)
	return until(ctx, upgradeStepWithin, what, func(ctx context.Context) error {
		if err := s.serves(ctx, c, p.To); err != nil {
			return errors.Join(err, s.cannotStart(ctx, c, p.To))
		}
		if err := p.caughtUp(ctx, c, s); err != nil {
			return err
		}
		return p.allReady(ctx, c)
	})
}

// allReady returns nil when every broker's pod is ready. A slave is not for some seconds after its master came back:
// the step is over when it follows the new one.
func (p upgradePlan) allReady(ctx context.Context, c Cluster) error {
	for _, b := range p.brokers {
		pod, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, b.Pod, getOptions)
		if err != nil {
			return err
		}
		if !ready(pod) || pod.DeletionTimestamp != nil {
			return errors.New(describe(pod))
		}
	}
	return nil
}

// setImage changes the main container's image in the template and nothing else.
func setImage(ctx context.Context, c Cluster, s upgradeStep, image string) error {
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{
		"containers": []any{map[string]any{"name": s.Container, "image": image}}, // merged by name
	}}}})
	if err != nil {
		return err
	}
	_, err = c.Client().AppsV1().StatefulSets(c.Namespace()).Patch(ctx, s.Set, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("setting the image of StatefulSet %s to %s: %w", s.Set, image, err)
	}
	return nil
}

// serves returns nil when every pod of the step runs the image and is ready.
func (s upgradeStep) serves(ctx context.Context, c Cluster, image string) error {
	for _, name := range s.Pods {
		pod, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, name, getOptions)
		if err != nil {
			return err
		}
		if got := s.imageOf(pod); got != image {
			return fmt.Errorf("%s, with image %s", describe(pod), got)
		}
		if !ready(pod) || pod.DeletionTimestamp != nil {
			return errors.New(describe(pod))
		}
	}
	return nil
}

// crashes is how often a container may end before it is taken for one that never starts.
const crashes = 3

// cannotStart is hopeless when a pod of the new image will not get any further by waiting.
func (s upgradeStep) cannotStart(ctx context.Context, c Cluster, image string) error {
	for _, name := range s.Pods {
		pod, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, name, getOptions)
		if err != nil || s.imageOf(pod) != image {
			continue // not there yet, which serves has said
		}
		for _, st := range pod.Status.ContainerStatuses {
			w := st.State.Waiting
			if w == nil {
				continue
			}
			if w.Reason == "InvalidImageName" || w.Reason == "ErrImageNeverPull" || st.RestartCount >= crashes {
				return hopeless{fmt.Errorf("container %s of pod %s does not start (%s, restarted %d times)", st.Name, name, w.Reason, st.RestartCount)}
			}
		}
	}
	return nil
}

func (s upgradeStep) imageOf(p *corev1.Pod) string { return factOf(p).Images[s.Container] }

// caughtUp returns nil when all brokers are registered again, those of the step report the new version, and the
// slaves of its groups hold all that their masters hold.
func (p upgradePlan) caughtUp(ctx context.Context, c Cluster, s upgradeStep) error {
	now, err := c.Brokers(ctx)
	if err != nil {
		return fmt.Errorf("asking the NameServers for the brokers: %w", err)
	}
	for _, was := range p.brokers {
		b, err := find(now, was)
		if err != nil {
			return err
		}
		if !slices.Contains(s.groups, was.Group) {
			continue
		}
		if b.ID != 0 && (b.Behind < 0 || b.Behind > p.MaxBehind) {
			return fmt.Errorf("slave %s id %d lacks %d bytes of its master's log (-1: unknown)", b.Group, b.ID, b.Behind)
		}
		if slices.Contains(s.Pods, was.Pod) && !sameVersion(b.Version, p.ToVersion) {
			return fmt.Errorf("broker %s id %d reports version %q, not %s", b.Group, b.ID, b.Version, p.ToVersion)
		}
	}
	return nil
}

func find(brokers []Broker, was Broker) (Broker, error) {
	for _, b := range brokers {
		if b.Group == was.Group && b.ID == was.ID {
			return b, nil
		}
	}
	return Broker{}, fmt.Errorf("broker %s id %d is not registered", was.Group, was.ID)
}
