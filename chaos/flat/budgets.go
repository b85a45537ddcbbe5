package flat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// Patience multiplies every budget below. Set it once, before the first fault, on a machine that is slow.
var Patience = 1.0

// The budgets. Each is an upper bound that only a broken cluster reaches; a wait ends as soon as it is answered.
const (
	// replaceWithin: the API server forgets a deleted pod within its grace period (30 s by default) and the
	// kubelet's next report; a StatefulSet makes the successor at once.
	replaceWithin = 90 * time.Second
	// drainWithin: evictions one after the other behind a disruption budget, each with its pod's grace period.
	drainWithin = 4 * time.Minute
	// startWithin: scheduling, mounting, and starting a container whose image is on the node; a JVM on a busy
	// machine with two cores took 50 s.
	startWithin = 3 * time.Minute
	// upgradeStepWithin: one StatefulSet of an upgrade: graceful stop, image pull, start, registration with the
	// NameServers (30 s apart), and the slave catching up.
	upgradeStepWithin = 6 * time.Minute
	// deleteSetWithin: the garbage collector's round.
	deleteSetWithin = time.Minute
	// nodeWithin: one write to a node and reading it back, past a restart of the API server.
	nodeWithin = time.Minute
	// healWithin bounds one Heal whose caller gave no deadline; the roll-back of an upgrade is the longest.
	healWithin = 15 * time.Minute
)

const (
	pollEvery = 250 * time.Millisecond
	// sayEvery keeps a long wait from being silent for 10 s, also where what it says is shown every 8 s.
	sayEvery = 4 * time.Second
)

func patient(d time.Duration) time.Duration { return time.Duration(float64(d) * Patience) }

// healing returns a context that the experiment's cancelling does not reach, so that what was disturbed is
// always undone. A deadline that still lies ahead is kept; without one the healing has its own.
func healing(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || time.Until(deadline) <= 0 {
		deadline = time.Now().Add(patient(healWithin))
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}

// hopeless wraps what will not change however long it is waited for.
type hopeless struct{ error }

func (h hopeless) Unwrap() error { return h.error }

// until asks check again and again until it returns nil, or something hopeless. What check returned last is what the
// error says was seen.
func until(ctx context.Context, budget time.Duration, what string, check func(context.Context) error) error {
	began, said := time.Now(), time.Now()
	var seen error
	err := wait.PollUntilContextTimeout(ctx, pollEvery, patient(budget), true, func(ctx context.Context) (bool, error) {
		err := check(ctx)
		if err == nil {
			return true, nil
		}
		if errors.As(err, new(hopeless)) {
			return false, err
		}
		// An answer says more than a request that the deadline cut short.
		if deadline, _ := ctx.Deadline(); seen == nil || time.Until(deadline) > pollEvery {
			seen = err
		}
		if time.Since(said) >= sayEvery {
			said = time.Now()
			slog.InfoContext(ctx, "waiting for "+what, "for", time.Since(began).Round(time.Second), "seen", seen)
		}
		return false, nil
	})
	if err == nil {
		return nil
	}
	if errors.As(err, new(hopeless)) {
		return fmt.Errorf("waiting for %s is hopeless: %w", what, err)
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if seen == nil {
		return fmt.Errorf("waiting for %s: %w before it was looked at", what, err)
	}
	return fmt.Errorf("waited %s for %s (%w); last seen: %w", time.Since(began).Round(time.Millisecond), what, err, seen)
}

// beat says at intervals that something long goes on, until the returned function is called.
func beat(ctx context.Context, what string) (stop func()) {
	done, began := make(chan struct{}), time.Now()
	go func() {
		t := time.NewTicker(sayEvery)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-t.C:
				slog.InfoContext(ctx, what, "for", time.Since(began).Round(time.Second))
			}
		}
	}()
	return func() { close(done) }
}
