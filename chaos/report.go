package chaos

import (
	"context"
	"time"
)

// Report tells a person what a fault is doing.
type Report struct {
	Text string
	// Waiting says that Text is what is waited for, for how long by now, and what was seen last.
	Waiting bool
	For     time.Duration
	Seen    error
}

type reporterKey struct{}

// WithReporter returns a context whose faults tell r what they do and wait for. r must not block.
func WithReporter(ctx context.Context, r func(Report)) context.Context {
	return context.WithValue(ctx, reporterKey{}, r)
}

// Tell hands a report to the context's reporter, if it has one.
func Tell(ctx context.Context, r Report) {
	if tell, ok := ctx.Value(reporterKey{}).(func(Report)); ok {
		tell(r)
	}
}

type patienceKey struct{}

// WithPatience multiplies every budget of the context's faults: above 1 for slow machines, below 1 where waits must
// fail. Within another it multiplies that.
func WithPatience(ctx context.Context, factor float64) context.Context {
	return context.WithValue(ctx, patienceKey{}, factor*patience(ctx))
}

func patience(ctx context.Context) float64 {
	if factor, ok := ctx.Value(patienceKey{}).(float64); ok {
		return factor
	}
	return 1
}

// Patient scales a budget by the context's patience.
func Patient(ctx context.Context, budget time.Duration) time.Duration {
	return time.Duration(float64(budget) * patience(ctx))
}
