package change

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos/kube"
)

// Plan is an upgrade's plan, for tests of one step.
type Plan struct{ *plan }

func PlanOf(ctx context.Context, c kube.Cluster, u Upgrade) (Plan, error) {
	p, err := u.plan(ctx, c)
	return Plan{p}, err
}

func (p Plan) CannotStart(ctx context.Context, image string) error {
	return p.sets[0].cannotStart(ctx, p.cluster, image)
}
func (p Plan) First(ctx context.Context) error    { return p.upgrade(ctx, p.sets[0]) }
func (p Plan) AllReady(ctx context.Context) error { return p.allReady(ctx) }

const Crashes = crashes

var (
	TagOf       = tagOf
	SameVersion = sameVersion
)
