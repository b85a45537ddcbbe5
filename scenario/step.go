package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/internal/await"
)

// healthyEvery is how often the cluster is asked whether it is whole. What is measured comes from the probes, not from this.
const healthyEvery = 500 * time.Millisecond

// settleEvery is how often the load is asked whether the cluster serves without a hiccup.
const settleEvery = 500 * time.Millisecond

// Activity is told what a step waits for, and how it ended.
type Activity interface {
	Waiting(format string, args ...any)
	Done(error) error
}

// Progress is told of each step as it starts.
type Progress func(step string) Activity

func (c *conductor) announce(step string) Activity {
	if c.Progress == nil {
		return silent{}
	}
	return c.Progress(step)
}

type silent struct{}

func (silent) Waiting(string, ...any) {}
func (silent) Done(err error) error   { return err }

// step runs one step within its budget (0: no bound but ctx's) and tells whether it succeeded.
func (c *conductor) step(ctx context.Context, name string, budget time.Duration, do func(context.Context) error) bool {
	return c.waitingStep(ctx, name, budget, func(ctx context.Context, _ Activity) error { return do(ctx) })
}

func (c *conductor) waitingStep(ctx context.Context, name string, budget time.Duration, do func(context.Context, Activity) error) bool {
	activity := c.announce(c.Name + ": " + name)
	if budget > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, budget, fmt.Errorf("not within its budget of %s", budget))
		defer cancel()
	}
	err := do(ctx, activity)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
		c.problem(name, err)
	}
	return activity.Done(err) == nil
}

// awaitHealthy asks until the cluster is whole.
func (c *conductor) awaitHealthy(ctx context.Context, name string) bool {
	return c.waitingStep(ctx, name, c.Budget.Healthy, func(ctx context.Context, activity Activity) error {
		wait := await.Wait{What: "the cluster to be whole", Every: healthyEvery, Report: func(s await.State) { activity.Waiting("%v", s.Seen) }}
		return wait.Until(ctx, c.Cluster.Healthy)
	})
}

// undisturbed lets traffic run for d, and on until the cluster has served all that time, but not longer than Settle: how
// well it serves is for the judge, who needs to see it.
func (c *conductor) undisturbed(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := hold(ctx, d); err != nil {
			return err
		}
		for end := time.Now().Add(c.Budget.Settle); time.Now().Before(end); {
			served, err := c.Workload.Undisturbed(ctx)
			if err == nil && served >= d {
				return nil
			}
			if err := hold(ctx, min(settleEvery, c.Budget.Settle)); err != nil {
				return err
			}
		}
		return nil
	}
}

func holding(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error { return hold(ctx, d) }
}

// hold lets time pass.
func hold(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
