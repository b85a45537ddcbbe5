package scenario

import (
	"context"
	"fmt"
	"time"
)

// Progress is told of each step as it starts; what it returns is told how the step ended.
type Progress func(step string) (done func(error))

type progressKey struct{}

// WithProgress returns a context whose experiments report their steps.
func WithProgress(ctx context.Context, p Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, p)
}

func announce(ctx context.Context, step string) func(error) {
	if p, ok := ctx.Value(progressKey{}).(Progress); ok {
		return p(step)
	}
	return func(error) {}
}

// step runs one step within its budget (0: no bound but ctx's) and tells whether it succeeded.
func (c *conductor) step(ctx context.Context, name string, budget time.Duration, do func(context.Context) error) bool {
	done := announce(ctx, c.Name+": "+name)
	if budget > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, budget, fmt.Errorf("%s not done within its budget of %s", name, budget))
		defer cancel()
	}
	err := do(ctx)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
		c.problem(err)
	}
	done(err)
	return err == nil
}

func (c *conductor) problem(err error) { c.result.Problems = append(c.result.Problems, err) }
