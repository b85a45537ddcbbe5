package flat

import (
	"context"
	"fmt"
	"sync"
)

// injection is what every fault here returns: what it hit, how to see that, and the entries that undo it.
// Healing it is the same code that recovers after a killed runner.
type injection struct {
	cluster Cluster
	ledger  *Ledger
	fault   string
	target  string
	confirm func(context.Context) error

	mu   sync.Mutex
	open []Entry
}

func newInjection(ctx context.Context, c Cluster, f Fault, target string) *injection {
	return &injection{cluster: c, ledger: ledgerOf(ctx), fault: f.Name(), target: target}
}

// intend must precede every act; entries are undone last first.
func (i *injection) intend(ctx context.Context, u Undo, prior any) (Entry, error) {
	e, err := i.ledger.intend(ctx, i.cluster, Entry{Fault: i.fault, Target: i.target, Undo: u}, prior)
	if err == nil {
		i.mu.Lock()
		i.open = append(i.open, e)
		i.mu.Unlock()
	}
	return e, err
}

func (i *injection) Target() string { return i.target }

func (i *injection) Confirm(ctx context.Context) error {
	if err := i.confirm(ctx); err != nil {
		return fmt.Errorf("%s is not confirmed on %s: %w", i.fault, i.target, err)
	}
	return nil
}

func (i *injection) Heal(ctx context.Context) error {
	ctx, cancel := healing(ctx)
	defer cancel()
	i.mu.Lock()
	defer i.mu.Unlock()
	healed, err := heal(ctx, i.cluster, i.ledger, i.open)
	i.open = without(i.open, healed)
	return err
}

// settle closes the entries without undoing them: what was done is what the cluster shall keep.
func (i *injection) settle(ctx context.Context) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for len(i.open) > 0 {
		if err := i.ledger.healed(ctx, i.cluster, i.open[0]); err != nil {
			return err
		}
		i.open = i.open[1:]
	}
	return nil
}

func without(all, drop []Entry) []Entry {
	var kept []Entry
	for _, e := range all {
		found := false
		for _, d := range drop {
			found = found || d.ID == e.ID
		}
		if !found {
			kept = append(kept, e)
		}
	}
	return kept
}

// begun is what Inject returns: i, or nil when nothing was changed and nothing is to be healed.
func (i *injection) begun() Injection {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.open) == 0 {
		return nil
	}
	return i
}
