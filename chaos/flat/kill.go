package flat

import "context"

// Kill removes pods by force: the API server forgets them at once (grace period 0) and their names are free for
// successors, while the kubelet still has to end the containers. Nobody is told beforehand.
type Kill struct {
	Of    Role
	Pick  Pick
	Group string // brokerName; empty: any
}

func (k Kill) Name() string { return "kill " + selector{k.Of, k.Pick, k.Group}.String() }

func (k Kill) Inject(ctx context.Context, c Cluster) (Injection, error) {
	return strike(ctx, c, k, blow{selector{k.Of, k.Pick, k.Group}, 0})
}
