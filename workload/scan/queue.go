package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/payload"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

const (
	answerWithin = 5 * time.Second
	tryAgain     = 250 * time.Millisecond
	// goneFor is how long a broker must go on saying that it has no such topic before that is believed: one that
	// has just started may not have loaded it.
	goneFor = 3 * time.Second
	// maxHoles bounds the offsets without a message that a record names.
	maxHoles = 100
)

// errGone is a broker's lasting word that it does not have the queue.
var errGone = errors.New("the broker does not have the queue")

// reading is the state of one queue's scan; it goes on where it was after a failure.
type reading struct {
	*Scanner
	group    string
	queue    remoting.Queue
	ranged   bool // min and max are known
	min, max int64
	next     int64 // the first offset not yet read
	holes    []int64
	passed   int64     // an offset, plus one, that the broker passed over once
	gone     time.Time // since when the broker says that there is no such queue
}

// queue reads one queue and records what it is worth: complete, gone, or incomplete with the reason.
func (s *Scanner) queue(ctx context.Context, group string, id int32) error {
	r := &reading{Scanner: s, group: group, queue: remoting.Queue{Topic: s.Topic, ID: id}}
	scan := &history.Scan{Replica: group + "/0", Topic: s.Topic, Broker: group, Queue: id, Master: true}
	err := r.untilDone(ctx)
	var unrecorded recordError
	switch {
	case errors.As(err, &unrecorded):
		return err
	case errors.Is(err, errGone):
		scan.Complete = true
		scan.Gone = err.Error()
	default:
		scan.Min, scan.Max, scan.Complete = r.min, r.max, err == nil
	}
	if err != nil && !scan.Complete {
		scan.Why = err.Error()
		scan.Max = max(r.min, r.max)
	}
	scan.Holes = r.holes[:min(len(r.holes), maxHoles)]
	scan.End = s.Since()
	return s.Record(scan)
}

// untilDone tries again until the queue is read, gone for good, or the patience is at its end.
func (r *reading) untilDone(ctx context.Context) error {
	deadline := time.Now().Add(r.Patience)
	for {
		before := r.next
		err := r.try(ctx)
		var unrecorded recordError
		if err == nil || errors.Is(err, errGone) || errors.As(err, &unrecorded) {
			return err
		}
		if r.next > before {
			deadline = time.Now().Add(r.Patience) // it gets on
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			return fmt.Errorf("queue %d of %s on %s was read up to offset %d only: %w", r.queue.ID, r.Topic, r.group, r.next, err)
		}
		pause(ctx, tryAgain)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (r *reading) try(ctx context.Context) error {
	master, err := r.master(ctx, r.group)
	if err != nil {
		return err
	}
	if err := r.exists(ctx, master); err != nil {
		return err
	}
	if err := r.limits(ctx, master); err != nil {
		return err
	}
	for r.next < r.max {
		if err := r.pull(ctx, master); err != nil {
			return err
		}
	}
	return nil
}

// exists checks that the broker still has the queue.
func (r *reading) exists(ctx context.Context, master remoting.Peer) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	topic, err := remoting.TopicOn(ctx, master, r.Topic)
	var code *remoting.CodeError
	missing := errors.As(err, &code) && code.Code == remoting.TopicNotExist
	if err == nil && int(r.queue.ID) >= topic.Read {
		missing, err = true, fmt.Errorf("topic %s has %d queues", r.Topic, topic.Read)
	}
	if !missing {
		r.gone = time.Time{}
		return err
	}
	if r.gone.IsZero() {
		r.gone = time.Now()
	}
	if time.Since(r.gone) >= min(goneFor, r.Patience) {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return err
}

// limits finds the queue's range once. The range must be at rest: while the broker still builds the consume queue
// from its log, the end that consumers see is short of what is stored. The order matters: a queue whose log was
// dispatched before its end was asked for is at its end.
func (r *reading) limits(ctx context.Context, master remoting.Peer) error {
	if r.ranged {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	behind, err := remoting.DispatchBehind(ctx, master)
	if err != nil {
		return err
	}
	var end int64
	for _, ask := range []struct {
		into *int64
		of   func(context.Context, remoting.Peer, remoting.Queue) (int64, error)
	}{{&end, remoting.NextOffset}, {&r.min, remoting.MinOffset}, {&r.max, remoting.MaxOffset}} {
		if *ask.into, err = ask.of(ctx, master, r.queue); err != nil {
			return err
		}
	}
	if behind > 0 || end > r.max {
		return fmt.Errorf("its consume queue ends at %d and its log at %d; %d bytes of the log are not dispatched", r.max, end, behind)
	}
	r.ranged, r.next = true, r.min
	return nil
}

// pull reads one batch.
func (r *reading) pull(ctx context.Context, master remoting.Peer) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	batch, err := remoting.Pull(ctx, master, r.queue, r.next)
	if err != nil {
		return err
	}
	if len(batch.Messages) == 0 {
		return fmt.Errorf("a pull at offset %d gave nothing, though the queue ends at %d", r.next, r.max)
	}
	slices.SortFunc(batch.Messages, func(a, b remoting.Stored) int { return cmp.Compare(a.Offset, b.Offset) })
	if first := batch.Messages[0].Offset; first > r.next {
		if err := r.passOver(first); err != nil {
			return err
		}
	}
	return r.take(batch.Messages)
}

// take records messages up to the first that is missing: the next pull asks for that one.
func (r *reading) take(messages []remoting.Stored) error {
	for _, m := range messages {
		if m.Offset < r.next {
			continue
		}
		if m.Offset > r.next || m.Offset >= r.max {
			return nil
		}
		if err := r.found(m); err != nil {
			return err
		}
		r.next++
	}
	return nil
}

// passOver believes a broker that twice, asked for one offset, answers with a later one: the offsets between hold
// nothing, and consumers would never see them either.
func (r *reading) passOver(first int64) error {
	if r.passed != r.next+1 {
		r.passed = r.next + 1
		return fmt.Errorf("asked for offset %d, the broker answers with %d", r.next, first)
	}
	for ; r.next < min(first, r.max); r.next++ {
		r.holes = append(r.holes, r.next)
	}
	return nil
}

// recordError wraps a failure to record, which ends the whole scan.
type recordError struct{ error }

func (e recordError) Unwrap() error { return e.error }

func (r *reading) found(m remoting.Stored) error {
	id, intact := payload.Decode(m.Body)
	f := &history.Found{Replica: r.group + "/0", Topic: r.Topic, Broker: r.group, Queue: r.queue.ID, Offset: m.Offset, Producer: id.Producer, Seq: id.Seq}
	f.Intact = intact && m.Intact && id.Run == r.RunID
	if err := r.Record(f); err != nil {
		return recordError{err}
	}
	return nil
}
