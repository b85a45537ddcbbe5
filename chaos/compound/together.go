package compound

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/chaos"
)

// Together injects several faults at once. What one of them hits is no bystander of the others.
type Together []chaos.Fault

// Name joins theirs.
func (t Together) Name() string {
	var names []string
	for _, f := range t {
		names = append(names, f.Name())
	}
	return strings.Join(names, " + ")
}

// Needs is what any of them needs.
func (t Together) Needs() []chaos.Need { return needs(t) }

func needs(faults []chaos.Fault) []chaos.Need {
	var all []chaos.Need
	for _, f := range faults {
		for _, n := range f.Needs() {
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
	}
	return all
}

// Inject begins all of them side by side. Where one fails, the others are injected and to be healed all the same.
func (t Together) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	type outcome struct {
		injection chaos.Injection
		err       error
	}
	outcomes := make([]outcome, len(t))
	done := make(chan struct{})
	for n, f := range t {
		go func() {
			defer func() { done <- struct{}{} }()
			outcomes[n].injection, outcomes[n].err = f.Inject(ctx, on)
		}()
	}
	for range t {
		<-done
	}
	var g group
	var errs []error
	for _, o := range outcomes {
		errs = append(errs, o.err)
		if o.injection != nil {
			g = append(g, o.injection)
		}
	}
	if len(g) == 0 {
		return nil, errors.Join(errs...)
	}
	return g, errors.Join(errs...)
}
