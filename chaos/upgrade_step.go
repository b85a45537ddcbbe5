package chaos

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
			return err
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

// confirm returns nil when every pod has the new image, every broker reports the new version, which differs from
// the one before, and nothing else changed. Whether all are ready at that moment is a question of health.
func (p upgradePlan) confirm(ctx context.Context, c Cluster, before baseline) error {
	var h hit
	for _, s := range p.steps {
		h.pods = append(h.pods, s.Pods...)
		if err := s.changed(ctx, c, p.To, before); err != nil {
			return err
		}
	}
	err := until(ctx, replaceWithin, "every broker to report version "+p.ToVersion, func(ctx context.Context) error {
		now, err := c.Brokers(ctx)
		if err != nil {
			return err
		}
		return p.newVersions(now)
	})
	if err != nil {
		return err
	}
	return before.bystanders(ctx, c, h)
}

// changed returns nil when every pod of the step is another one than before, in another container, with the image.
func (s upgradeStep) changed(ctx context.Context, c Cluster, image string, before baseline) error {
	for _, name := range s.Pods {
		pod, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, name, getOptions)
		if err != nil {
			return fmt.Errorf("reading pod %s: %w", name, err)
		}
		if got := s.imageOf(pod); got != image {
			return fmt.Errorf("%s, with image %s, not %s", describe(pod), got, image)
		}
		if err := replaced(ctx, c, before.pods[name]); err != nil {
			return err
		}
	}
	return nil
}

func (p upgradePlan) newVersions(now []Broker) error {
	for _, was := range p.brokers {
		b, err := find(now, was)
		if err != nil {
			return err
		}
		if !sameVersion(b.Version, p.ToVersion) || sameVersion(b.Version, was.Version) {
			return fmt.Errorf("broker %s id %d reports version %q; before %q, expected %s", b.Group, b.ID, b.Version, was.Version, p.ToVersion)
		}
	}
	return nil
}
