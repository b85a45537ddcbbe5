// Package watch follows who each server says is master of a broker group, and which replicas are in sync, while a load
// runs. Elections are seen by what servers say at a moment; nobody's role is taken from a name, a label or an id.
package watch

import (
	"context"
	"errors"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// Every is the time from one look to the next.
const Every = time.Second

// RoleGone is the role of a process that a server named before and names no more, or that does not answer for itself.
const RoleGone = "gone"

// Watcher watches one cluster.
type Watcher struct {
	Report func(context.Context) agentapi.Reported
	Record func(history.Record) error
	Since  func() time.Duration // the run's time now
	// Committed asks a broker for the committed offsets that it has, by name. Nil: nobody is asked.
	Committed func(ctx context.Context, address string) (map[string]string, error)

	said   map[subject]word
	look   int
	offset map[committed]string
	// repeated is when all offsets of a broker group were recorded last.
	repeated map[string]time.Duration
}

// word is what was said of a subject, when it was written, and when it was heard last.
type word struct {
	history.Change
	heard time.Duration
	look  int
}

// subject is one process in one server's words.
type subject struct{ by, group, address string }

// Run looks until the context ends. It fails where a record cannot be written. Only changes are recorded; of a master's own word that it
// is writable also until when it was heard, since silence would not tell how long it held.
func (w *Watcher) Run(ctx context.Context) error {
	w.said, w.offset, w.repeated = map[subject]word{}, map[committed]string{}, map[string]time.Duration{}
	tick := time.NewTicker(Every)
	defer tick.Stop()
	for {
		at := w.Since()
		report := w.Report(ctx)
		if ctx.Err() != nil {
			return w.settleAll() // what was cut short tells nothing
		}
		if err := errors.Join(w.note(at, words(report)), w.offsets(ctx, report)); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return w.settleAll()
		case <-tick.C:
		}
	}
}

func (w *Watcher) note(at time.Duration, said statements) error {
	w.look++
	for _, c := range said.changes {
		if err := w.one(at, c); err != nil {
			return err
		}
	}
	for s, before := range w.said {
		c := before.Change
		if c.Role == RoleGone || !said.answered[s.by] || said.names(s) {
			continue
		}
		c.Role, c.InSync, c.Writable = RoleGone, false, false
		if err := w.one(at, c); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watcher) one(at time.Duration, c history.Change) error {
	s := subject{c.By, c.Broker, c.Address}
	before, known := w.said[s]
	if c.Role == RoleGone && !known {
		return nil
	}
	if known && same(before.Change, c) && (before.look == w.look-1 || !ownWord(c)) {
		before.heard, before.look = at, w.look
		w.said[s] = before
		return nil
	}
	c.At = at
	w.said[s] = word{c, at, w.look}
	return errors.Join(w.settle(before), w.Record(&c))
}

// ownWord tells a master's own word that it is writable.
func ownWord(c history.Change) bool { return c.Writable && c.By == c.Address }

// settle records until when a master's own word was heard, where that is later than when it was written.
func (w *Watcher) settle(said word) error {
	if !ownWord(said.Change) || said.heard == said.At {
		return nil
	}
	c := said.Change
	c.Since, c.At = max(said.At, 1), said.heard // 0 would be none
	return w.Record(&c)
}

func (w *Watcher) settleAll() error {
	var errs []error
	for _, said := range w.said {
		errs = append(errs, w.settle(said))
	}
	return errors.Join(errs...)
}

func same(a, b history.Change) bool {
	return a.ID == b.ID && a.Role == b.Role && a.Epoch == b.Epoch && a.InSync == b.InSync && a.Writable == b.Writable
}
