package change

import (
	"context"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/topology"
)

// confirm returns nil when every pod has the new image, every broker reports the new version, which differs from
// the one before, and nothing else changed. Whether all are ready at that moment is a question of health.
func (p *plan) confirm(ctx context.Context) error {
	for _, s := range p.sets {
		if err := s.changed(ctx, p.cluster, p.To); err != nil {
			return err
		}
	}
	err := kube.Wait(ctx, kube.ReplaceWithin, "every broker to report version "+p.ToVersion, func(ctx context.Context) error {
		now, err := p.cluster.Snapshot(ctx)
		if err != nil {
			return err
		}
		return p.newVersions(ctx, now)
	})
	if err != nil {
		return err
	}
	return p.before.Bystanders(ctx, p.cluster, p.kept())
}

// changed returns nil when every pod of the set has the image.
func (s set) changed(ctx context.Context, c kube.Cluster, image string) error {
	for _, name := range s.Pods {
		pod, err := kube.GetPod(ctx, c, name)
		if err != nil {
			return fmt.Errorf("reading pod %s: %w", name, err)
		}
		if got := s.imageOf(pod); got != image {
			return fmt.Errorf("%s, with image %s, not %s", kube.Describe(pod), got, image)
		}
	}
	return nil
}

// mixed returns nil when the brokers of one StatefulSet report the new version, and all others the one before.
func (p *plan) mixed(now topology.Snapshot, of set) error {
	for _, was := range p.brokers {
		b, err := registered(now, was)
		if err != nil {
			return err
		}
		want := was.Version
		if slices.Contains(of.Pods, b.Pod) {
			want = p.ToVersion
		}
		if !sameVersion(b.Version, want) {
			return fmt.Errorf("%s reports version %q, expected %s", b, b.Version, want)
		}
	}
	return nil
}

// newVersions also wants every broker in another pod, and so in another container, than before.
func (p *plan) newVersions(ctx context.Context, now topology.Snapshot) error {
	for _, was := range p.brokers {
		b, err := registered(now, was)
		if err != nil {
			return err
		}
		if !sameVersion(b.Version, p.ToVersion) || sameVersion(b.Version, was.Version) {
			return fmt.Errorf("%s reports version %q; before %q, expected %s", b, b.Version, was.Version, p.ToVersion)
		}
		if err := kube.Replaced(ctx, p.cluster, kube.FactOf(&was.Object)); err != nil {
			return err
		}
	}
	return nil
}
