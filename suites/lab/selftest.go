package lab

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/rmqproof/rmqproof/chaos/control"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/topology"
)

// standBundled deploys the bundled cluster, on which faults are tried without a scenario.
func (l *Lab) standBundled(ctx context.Context) (*rocketmq.Cluster, error) {
	c, err := l.deploy(ctx, topology.Spec{Overlay: rocketmq.OverlayKind})
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrNotStanding, err)
	}
	return c, err
}

// SelfTest holds every fault to its negative control on the real cluster: where none of its acts has an effect, its
// Confirm has to fail. Nothing on the cluster is changed. The error names each fault that proves nothing. only matches the
// names of the faults; nil: all.
func (l *Lab) SelfTest(ctx context.Context, only *regexp.Regexp) error {
	cluster, err := l.standBundled(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, f := range control.Faults("apache/rocketmq:" + l.UpgradeTo) {
		if ctx.Err() != nil {
			return errors.Join(append(failed, ctx.Err())...)
		}
		if only != nil && !only.MatchString(f.Name()) {
			continue
		}
		step := progress.Start(ctx, "nothing done, nothing confirmed: %s", f.Name())
		failed = append(failed, step.Done(control.Check(ctx, f, cluster, l.bed.Config).Err()))
	}
	if failed == nil {
		return fmt.Errorf("no fault has a name that %s matches", only)
	}
	return errors.Join(failed...)
}
