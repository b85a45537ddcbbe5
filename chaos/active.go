package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Active is the Injection that the faults here return: what it hit, how to see that, and the promises that undo it.
// Healing it runs the same undos that recover after a killed runner.
type Active struct {
	// Held returns nil when the fault is seen to hold on its target and nowhere else. Set it before Inject returns.
	Held func(context.Context) error
	// Hit names what the fault may change. Set it before Inject returns.
	Hit Things

	on      System
	number  uint64
	fault   string
	targets []string

	mu    sync.Mutex
	times Times
	kept  Things
	open  []promise
}

type promise struct {
	Entry
	undo Undo
}

var begun atomic.Uint64

// Begin is called once the targets are chosen. Nothing is changed yet.
func Begin(on System, f Fault, targets ...string) *Active {
	return &Active{on: on, number: begun.Add(1), fault: f.Name(), targets: targets, times: Times{Decided: time.Now()}}
}

// Promise must precede every act. Promises are kept in the reverse order: the last is undone first.
func (a *Active) Promise(ctx context.Context, u Undo, prior any) (Entry, error) {
	raw, err := json.Marshal(prior)
	if err != nil {
		return Entry{}, fmt.Errorf("writing down the state before %s: %w", a.fault, err)
	}
	e, err := a.on.Journal().Intend(ctx, Entry{
		Injection: a.number, Fault: a.fault, Target: strings.Join(a.targets, ", "), Undo: u.Name, Prior: raw,
	})
	if err != nil {
		return e, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open = append(a.open, promise{e, u})
	return e, nil
}

// Amend replaces the prior state of a promise, before the next act of a fault that acts several times.
func (a *Active) Amend(ctx context.Context, e Entry, prior any) error {
	raw, err := json.Marshal(prior)
	if err != nil {
		return fmt.Errorf("writing down the state before %s: %w", a.fault, err)
	}
	e.Prior = raw
	if err := a.on.Journal().Amend(ctx, e); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for n := range a.open {
		if a.open[n].ID == e.ID {
			a.open[n].Entry = e
		}
	}
	return nil
}

// Acted notes the moment of injection. Only the first call counts.
func (a *Active) Acted() { a.stamp(func(t *Times) *time.Time { return &t.Injected }) }

func (a *Active) stamp(which func(*Times) *time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := which(&a.times); t.IsZero() {
		*t = time.Now()
	}
}

// Changed is what Inject returns beside an error: a, or nil where nothing was promised and so nothing was changed.
func (a *Active) Changed() Injection {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.open) == 0 {
		return nil
	}
	return a
}

// Keep closes the promises without undoing them: what was done is what the cluster shall keep.
func (a *Active) Keep(ctx context.Context, things Things) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept = things
	for len(a.open) > 0 {
		if err := a.on.Journal().Healed(ctx, a.open[0].Entry); err != nil {
			return err
		}
		a.open = a.open[1:]
	}
	return nil
}

// Leaves says what will be another one also when all is undone. Call it before Inject returns.
func (a *Active) Leaves(things Things) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept = things
}

// Kept names what the fault leaves changed on purpose.
func (a *Active) Kept() Things {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.kept
}

// Hits names what the fault may change.
func (a *Active) Hits() Things { return a.Hit }

// Targets names what was hit.
func (a *Active) Targets() []string { return slices.Clone(a.targets) }

// Times returns the moments that have been reached.
func (a *Active) Times() Times {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.times
}

// Confirm asks Held.
func (a *Active) Confirm(ctx context.Context) error {
	if err := a.Held(ctx); err != nil {
		return fmt.Errorf("%s is not confirmed on %s: %w", a.fault, strings.Join(a.targets, ", "), err)
	}
	a.stamp(func(t *Times) *time.Time { return &t.Confirmed })
	return nil
}

// Heal keeps the promises that are open, the last first. One that cannot be kept does not keep others from it.
func (a *Active) Heal(ctx context.Context) error {
	ctx, cancel := Healing(ctx)
	defer cancel()
	a.stamp(func(t *Times) *time.Time { return &t.Healing })
	a.mu.Lock()
	open := slices.Clone(a.open)
	a.mu.Unlock()
	left, errs := a.keepPromises(ctx, open)
	a.mu.Lock()
	a.open = left
	a.mu.Unlock()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	a.stamp(func(t *Times) *time.Time { return &t.Healed })
	return nil
}

// keepPromises returns those that could not be kept, in their order. Where the ones before have used up all time, the next
// has a time of its own.
func (a *Active) keepPromises(ctx context.Context, open []promise) (left []promise, errs []error) {
	for _, p := range slices.Backward(open) {
		if slices.ContainsFunc(left, func(l promise) bool { return l.undo.Name == p.undo.After }) {
			left = append(left, p)
			continue
		}
		within, cancel := Healing(ctx)
		err := p.undo.Heal(within, a.on, p.Entry)
		cancel()
		if err != nil {
			left, errs = append(left, p), append(errs, err)
		}
	}
	slices.Reverse(left)
	return left, errs
}

// Heal undoes an entry and notes that in the journal.
func (u Undo) Heal(ctx context.Context, on System, e Entry) error {
	Tell(ctx, Report{Text: fmt.Sprintf("healing %s on %s: %s", e.Fault, e.Target, u.Name)})
	err := u.Do(ctx, on, e)
	if err == nil {
		err = on.Journal().Healed(ctx, e)
	}
	if err != nil {
		return fmt.Errorf("healing %s on %s (%s): %w", e.Fault, e.Target, u.Name, err)
	}
	return nil
}

// healWithin bounds one Heal whose caller gave no deadline; the roll-back of an upgrade is the longest.
const healWithin = 15 * time.Minute

// Healing returns a context that the experiment's cancelling does not reach, so that what was disturbed is
// always undone. A deadline that still lies ahead is kept; without one the healing has its own.
func Healing(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || time.Until(deadline) <= 0 {
		deadline = time.Now().Add(Patient(ctx, healWithin))
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}
