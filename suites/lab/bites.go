package lab

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/control"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/internal/await"
	"github.com/rmqproof/rmqproof/internal/progress"
)

// Bites injects every kind of fault on the real cluster, without a load, and heals it: each has to be confirmed on its target and
// nowhere else, and to leave nothing behind. only matches the names of the faults; nil: all.
func (l *Lab) Bites(ctx context.Context, only *regexp.Regexp) error {
	faults := control.Faults("apache/rocketmq:" + l.UpgradeTo)
	_, kinds, err := Runner.rows(faults, only)
	if err != nil {
		return err
	}
	cluster, err := l.standBundled(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, kind := range kinds {
		if ctx.Err() != nil {
			break
		}
		step := progress.Start(ctx, "it bites, spares the others, and leaves nothing: %s", faults[kind].Name())
		failed = append(failed, step.Done(bite(ctx, cluster, faults[kind])))
	}
	return errors.Join(append(failed, ctx.Err())...)
}

func bite(ctx context.Context, cluster *rocketmq.Cluster, f chaos.Fault) error {
	whole := await.Wait{What: "the cluster to be whole", Within: wholeWithin, Every: time.Second}
	if err := whole.Until(ctx, cluster.Healthy); err != nil {
		return err
	}
	before, err := observe.Take(ctx, cluster)
	if err != nil {
		return err
	}
	i, err := f.Inject(ctx, cluster)
	if i == nil {
		return err
	}
	if err == nil {
		err = i.Confirm(ctx)
	}
	if err = errors.Join(err, i.Heal(ctx)); err != nil {
		return fmt.Errorf("%s: %w", f.Name(), err)
	}
	if err := whole.Until(ctx, cluster.Healthy); err != nil {
		return err
	}
	var kept chaos.Things
	if k, ok := i.(chaos.Keeper); ok {
		kept = k.Kept()
	}
	return before.Leaks(ctx, cluster, kept)
}
