package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"k8s.io/client-go/rest"
)

// Patience scales the waits of a fault that was not injected: each of them lasts to its end.
const Patience = 0.05

// Result is what a fault said without having been injected.
type Result struct {
	Fault     string
	Refused   error // the fault did not begin: the control says nothing
	Confirmed bool  // Confirm held although nothing was done: the fault proves nothing
	Why       error // why Confirm failed, as it should
}

// Err is nil when the control shows what it should: Confirm failed.
func (r Result) Err() error {
	switch {
	case r.Refused != nil:
		return fmt.Errorf("%s: the control did not take place: %w", r.Fault, r.Refused)
	case r.Confirmed:
		return fmt.Errorf("%s: confirmed although nothing was done", r.Fault)
	}
	return nil
}

// Check runs Inject and Confirm of a fault on a cluster on which none of its acts have an effect. config reaches the
// same cluster.
func Check(ctx context.Context, f chaos.Fault, on kube.Cluster, config *rest.Config) Result {
	r := Result{Fault: f.Name()}
	system, err := inertSystem(on, config)
	if err != nil {
		r.Refused = err
		return r
	}
	impatient := chaos.WithPatience(ctx, Patience)
	i, err := f.Inject(impatient, system)
	if i == nil {
		r.Refused = errors.Join(err, errNothing)
		return r
	}
	r.Why = i.Confirm(impatient)
	r.Confirmed = r.Why == nil
	if err := i.Heal(ctx); err != nil {
		r.Why = errors.Join(r.Why, fmt.Errorf("and what the control itself had made is left: %w", err))
	}
	return r
}

var errNothing = errors.New("the fault gave nothing to confirm")
