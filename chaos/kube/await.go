package kube

import (
	"context"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/internal/await"
)

// The budgets that several faults share. Each is an upper bound that only a broken cluster reaches; a wait ends as
// soon as it is answered.
const (
	// ReplaceWithin: the API server forgets a deleted pod within its grace period (30 s by default) and the
	// kubelet's next report; a StatefulSet makes the successor at once.
	ReplaceWithin = 90 * time.Second
	// StartWithin: scheduling, mounting, and starting a container whose image is on the node; a JVM on a busy
	// machine with two cores took 50 s.
	StartWithin = 3 * time.Minute
	// NodeWithin: one write to a node and reading it back, past a restart of the API server.
	NodeWithin = time.Minute
)

// Wait asks check again and again until it returns nil, or an error that await.Permanent marked. The context's patience
// scales the budget, and its reporter is told of the wait. Who has next to none looks more often, to see several states all the same.
func Wait(ctx context.Context, budget time.Duration, what string, check func(context.Context) error) error {
	every := min(250*time.Millisecond, chaos.Patient(ctx, 5*time.Second))
	w := await.Wait{What: what, Within: chaos.Patient(ctx, budget), Every: every, Report: func(s await.State) {
		chaos.Tell(ctx, chaos.Report{Text: what, Waiting: true, For: s.For, Seen: s.Seen})
	}}
	return w.Until(ctx, check)
}
