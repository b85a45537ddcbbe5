package flat

import "context"

// ownGrace lets a pod end within its own grace period.
const ownGrace = -1

// Delete removes pods politely: preStop hook, SIGTERM, and the pod's own grace period.
type Delete struct {
	Of    Role
	Pick  Pick
	Group string // brokerName; empty: any
}

func (d Delete) Name() string { return "delete " + selector{d.Of, d.Pick, d.Group}.String() }

func (d Delete) Inject(ctx context.Context, c Cluster) (Injection, error) {
	return strike(ctx, c, d, blow{selector{d.Of, d.Pick, d.Group}, ownGrace})
}
