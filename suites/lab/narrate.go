package lab

import (
	"context"
	"sync/atomic"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/scenario"
)

// narrator shows the conductor's steps, and what faults wait for beside the step under way.
type narrator struct{ underWay atomic.Pointer[progress.Step] }

// steps starts a line for every step.
func (n *narrator) steps(ctx context.Context) scenario.Progress {
	return func(name string) scenario.Activity {
		step := progress.Start(ctx, "%s", name)
		n.underWay.Store(step)
		return step
	}
}

// faults returns a context whose faults are heard.
func (n *narrator) faults(ctx context.Context) context.Context {
	return chaos.WithReporter(ctx, func(r chaos.Report) {
		step := n.underWay.Load()
		switch {
		case !r.Waiting:
			progress.Say(ctx, "  %s", r.Text)
		case step != nil && r.Seen != nil:
			step.Waiting("%s: %v", r.Text, r.Seen)
		case step != nil:
			step.Waiting("%s", r.Text)
		}
	})
}
