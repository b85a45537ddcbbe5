package workload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// followAgain is the pause before a broken stream is taken up again.
const followAgain = 200 * time.Millisecond

// follower copies a run's log into a recorder while the run goes on. After any break it goes on at the byte behind the
// last whole block, so that no record comes twice and none is left out.
type follower struct {
	agent *agentapi.Agent
	run   string
	into  func(history.Record) error

	offset atomic.Int64
	acked  atomic.Int64
	last   atomic.Pointer[error] // why the stream broke last; nil where it never did
}

// recordError is a failure of our own recorder: no new stream helps.
type recordError struct{ error }

func (e recordError) Unwrap() error { return e.error }

// follow returns when the whole log of a finished run has arrived, or the context ends.
func (f *follower) follow(ctx context.Context) error {
	for {
		err := f.stream(ctx)
		var ours recordError
		if errors.As(err, &ours) {
			return err
		}
		if errors.Is(err, history.ErrNewer) {
			return fmt.Errorf("the agent in the cluster is of another version of rmqproof; take the cluster down (make down) or run its own version: %w", err)
		}
		if err == nil && f.complete(ctx) {
			return nil
		}
		if err != nil {
			f.last.Store(&err)
		}
		select {
		case <-ctx.Done():
			return f.cut(ctx)
		case <-time.After(followAgain):
		}
	}
}

// cut says how far the log came.
func (f *follower) cut(ctx context.Context) error {
	err := context.Cause(ctx)
	if last := f.last.Load(); last != nil {
		err = fmt.Errorf("%w (the stream broke last with: %w)", err, *last)
	}
	return fmt.Errorf("the log of run %s arrived up to byte %d only: %w", f.run, f.offset.Load(), err)
}

// stream copies records until the stream ends. A clean end gives nil.
func (f *follower) stream(ctx context.Context) error {
	from := f.offset.Load()
	body, err := f.agent.Log(ctx, f.run, from)
	if err != nil {
		return err
	}
	defer body.Close()
	d := history.NewDecoder(body)
	for {
		r, err := d.Next()
		if errors.Is(err, io.EOF) {
			return nil // a proxy may end a broken stream as if it were whole: complete tells
		}
		if err != nil {
			return fmt.Errorf("follow the log of run %s from byte %d: %w", f.run, from, err)
		}
		if err := f.take(r); err != nil {
			return err
		}
		f.offset.Store(from + d.Offset())
	}
}

func (f *follower) take(r history.Record) error {
	if _, ok := r.(*history.Run); ok {
		return nil // the history has a run line of its own
	}
	if err := f.into(r); err != nil {
		return recordError{fmt.Errorf("copy the agent's log: %w", err)}
	}
	if s, ok := r.(*history.Send); ok && s.Outcome == history.OK {
		f.acked.Add(1)
	}
	return nil
}

// complete tells whether the run is finished and every byte of its log has arrived.
func (f *follower) complete(ctx context.Context) bool {
	status, err := f.agent.Status(ctx, f.run)
	return err == nil && status.Phase == agentapi.PhaseFinished && status.LogBytes == f.offset.Load()
}
