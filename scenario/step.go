package scenario

import (
	"context"
	"fmt"
	"time"
)

// look is how often the cluster is asked whether it is whole. What is measured comes from the probes, not from this.
const look = 500 * time.Millisecond

// Step is told what a step waits for, and how it ended.
type Step interface {
	Waiting(format string, args ...any)
	Done(error) error
}

// Progress is told of each step as it starts.
type Progress func(step string) Step

type progressKey struct{}

// WithProgress returns a context whose experiments report their steps.
func WithProgress(ctx context.Context, p Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, p)
}

func announce(ctx context.Context, step string) Step {
	if p, ok := ctx.Value(progressKey{}).(Progress); ok {
		return p(step)
	}
	return silent{}
}

type silent struct{}

func (silent) Waiting(string, ...any) {}
func (silent) Done(err error) error   { return err }

// step runs one step within its budget (0: no bound but ctx's) and tells whether it succeeded.
func (c *conductor) step(ctx context.Context, name string, budget time.Duration, do func(context.Context) error) bool {
	return c.waitingStep(ctx, name, budget, func(ctx context.Context, _ Step) error { return do(ctx) })
}

func (c *conductor) waitingStep(ctx context.Context, name string, budget time.Duration, do func(context.Context, Step) error) bool {
	step := announce(ctx, c.Name+": "+name)
	if budget > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, budget, fmt.Errorf("not within its budget of %s", budget))
		defer cancel()
	}
	err := do(ctx, step)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
		c.problem(err)
	}
	return step.Done(err) == nil
}

// awaitHealthy asks until the cluster is whole.
func (c *conductor) awaitHealthy(ctx context.Context, name string) bool {
	return c.waitingStep(ctx, name, c.Budget.Healthy, func(ctx context.Context, step Step) error {
		for {
			unwell := c.Cluster.Healthy(ctx)
			if unwell == nil {
				return nil
			}
			step.Waiting("%v", unwell)
			if err := hold(ctx, look); err != nil {
				return fmt.Errorf("%w: %w", err, unwell)
			}
		}
	})
}

func (c *conductor) problem(err error) { c.result.Problems = append(c.result.Problems, err) }

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
