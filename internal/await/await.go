// Package await waits for a condition in the one way that all our waits share: it looks again and again, ends as soon
// as the look succeeds, and says what it saw last when it gives up.
package await

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// pace is the time between two looks where Wait.Every is zero.
const pace = 250 * time.Millisecond

// ErrBudget is the cause of a wait that ended because its own time was over.
var ErrBudget = errors.New("out of time")

// Wait describes one wait. The zero value looks every 250 ms for as long as the context lives.
type Wait struct {
	What    string        // what is waited for, as it reads after "waited 3s for"
	Within  time.Duration // the budget; 0: the context's
	Every   time.Duration // the time between two looks; 0: 250 ms
	Attempt time.Duration // the time that one look may take, so that one that hangs is tried again; 0: no bound
	// Report is told after every look that did not succeed. It must not block. Nil: nobody is told.
	Report func(State)
}

// State is what a wait knows after a look that did not succeed.
type State struct {
	What string
	For  time.Duration // since the wait began
	Seen error         // why the look did not succeed
}

// Until looks until look returns nil. It ends early on an error that Permanent marked. The error of a wait that
// ended otherwise wraps its cause (ErrBudget, or that of the context) and what was seen last.
func (w Wait) Until(ctx context.Context, look func(context.Context) error) error {
	began := time.Now()
	ctx, cancel := w.bound(ctx)
	defer cancel()
	var seen error
	for {
		err := w.look(ctx, look)
		switch {
		case err == nil:
			return nil
		case errors.As(err, new(permanent)):
			return err
		case seen == nil || ctx.Err() == nil: // an answer says more than a request that the end cut short
			seen = err
		}
		if w.Report != nil {
			w.Report(State{w.What, time.Since(began), seen})
		}
		if cause := pause(ctx, w.Every); cause != nil {
			return fmt.Errorf("waited %s for %s (%w); last seen: %w", time.Since(began).Round(100*time.Millisecond), w.What, cause, seen)
		}
	}
}

func (w Wait) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if w.Within == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, w.Within, ErrBudget)
}

func (w Wait) look(ctx context.Context, look func(context.Context) error) error {
	if w.Attempt == 0 {
		return look(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, w.Attempt)
	defer cancel()
	return look(ctx)
}

// pause returns why waiting is over, or nil after the time between two looks.
func pause(ctx context.Context, every time.Duration) error {
	if every == 0 {
		every = pace
	}
	t := time.NewTimer(every)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return context.Cause(ctx) // both may have come at the same moment
	}
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error that no further look will change: the wait ends with it at once.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}
