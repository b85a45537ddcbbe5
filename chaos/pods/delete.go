package pods

import (
	"context"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
)

// Kill removes pods by force: the API server forgets them at once (grace period 0) and their names are free for
// successors, while the kubelet still has to end the containers. Nobody is told beforehand.
type Kill struct{ chaos.Target }

// Name says what is killed.
func (k Kill) Name() string { return "kill " + k.Target.String() }

// Needs nothing.
func (Kill) Needs() []chaos.Need { return nil }

// Inject deletes all targets, one right after the other.
func (k Kill) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return remove(ctx, on, k, k.Target, 0)
}

// Delete removes pods politely: preStop hook, SIGTERM, and a grace period.
type Delete struct {
	chaos.Target
	Grace time.Duration // at least a second, in whole seconds; zero: the pods' own
}

// Name says what is deleted.
func (d Delete) Name() string {
	if d.Grace == 0 {
		return "delete " + d.Target.String()
	}
	return "delete " + d.Target.String() + " with a grace period of " + d.Grace.String()
}

// Needs nothing.
func (Delete) Needs() []chaos.Need { return nil }

// Inject deletes all targets, one right after the other.
func (d Delete) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	grace := int64(kube.OwnGrace)
	if d.Grace > 0 {
		grace = max(1, int64(d.Grace/time.Second)) // 0 would be a Kill
	}
	return remove(ctx, on, d, d.Target, grace)
}
