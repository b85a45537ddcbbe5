package flat

import "context"

// Noop picks its target as Kill does and then leaves it alone. Its Confirm, the same one, has to fail: a proof
// that holds without a fault proves nothing.
type Noop struct {
	Of    Role
	Pick  Pick
	Group string // brokerName; empty: any
}

func (n Noop) Name() string { return "no fault on " + selector{n.Of, n.Pick, n.Group}.String() }

func (n Noop) Inject(ctx context.Context, c Cluster) (Injection, error) {
	i, _, err := aim(ctx, c, n, selector{n.Of, n.Pick, n.Group})
	if err != nil {
		return nil, err
	}
	return i, nil
}
