package pods

import (
	"context"
	"errors"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
)

// Roll deletes pods politely, one after another: each only when the one before serves again, as a rolling restart does.
type Roll struct{ chaos.Target }

// Name says what is restarted.
func (r Roll) Name() string { return "rolling restart of " + r.Target.String() }

// Needs nothing.
func (Roll) Needs() []chaos.Need { return nil }

// Inject returns once the last pod is on its way out.
func (r Roll) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	removing, err := prepare(ctx, on, r, r.Target)
	if err != nil {
		return nil, err
	}
	for n, p := range removing.facts {
		if n > 0 {
			before := removing.facts[n-1]
			err := kube.Wait(ctx, kube.StartWithin, "pod "+before.Name+" to serve again", func(ctx context.Context) error {
				return successor(ctx, removing.cluster, before)
			})
			if err != nil {
				return removing.active.Changed(), err
			}
		}
		if err := kube.Remove(ctx, removing.cluster, p, kube.OwnGrace); err != nil {
			return removing.active.Changed(), err
		}
		removing.active.Acted()
	}
	return removing.active, nil
}

// successor returns nil once another pod of the same name is ready.
func successor(ctx context.Context, c kube.Cluster, was kube.PodFact) error {
	if err := kube.Replaced(ctx, c, was); err != nil {
		return err
	}
	pod, err := kube.GetPod(ctx, c, was.Name)
	if err == nil && !kube.Ready(pod) {
		err = errors.New(kube.Describe(pod))
	}
	return err
}
