package flat

import (
	"context"
	"fmt"
)

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
