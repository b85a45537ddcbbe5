package pods

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
)

// Again kills pods by force, and each successor as soon as it is there: while it starts.
type Again struct {
	chaos.Target
	Times int // in all; below 2: twice
}

func (a Again) times() int { return max(2, a.Times) }

// Name says what is killed, and how often.
func (a Again) Name() string { return fmt.Sprintf("kill %s, %d times", a.Target, a.times()) }

// Needs nothing.
func (Again) Needs() []chaos.Need { return nil }

// Inject returns after the last kill.
func (a Again) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	r, err := prepare(ctx, on, a, a.Target)
	if err != nil {
		return nil, err
	}
	for range a.times() {
		for n, p := range r.facts {
			if r.facts[n], err = r.successor(ctx, p); err != nil {
				return r.active.Changed(), err
			}
		}
		for _, p := range r.facts {
			if err := kube.Remove(ctx, r.cluster, p, 0); err != nil {
				return r.active.Changed(), err
			}
			r.active.Acted()
		}
	}
	return r.active, nil
}

// successor is the pod itself until it was killed, and then the one of its name that came after it.
func (r *removal) successor(ctx context.Context, was kube.PodFact) (kube.PodFact, error) {
	if r.active.Times().Injected.IsZero() {
		return was, nil
	}
	now := was
	err := kube.Wait(ctx, kube.ReplaceWithin, "the successor of pod "+was.Name, func(ctx context.Context) error {
		p, err := kube.GetPod(ctx, r.cluster, was.Name)
		if err == nil && p.UID == was.UID {
			err = fmt.Errorf("%s", kube.Describe(p))
		}
		if err == nil {
			now = kube.FactOf(p)
		}
		return err
	})
	return now, err
}
