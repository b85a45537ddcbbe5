package scan

import (
	"context"
	"errors"
	"fmt"
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
	// maxHoles bounds the places without a message that a record names.
	maxHoles = 10_000
)

var (
	// errGone is a broker's lasting word that it does not have the queue.
	errGone = errors.New("the broker does not have the queue")
	// errMoved says that the group has another master than the one that was being read.
	errMoved = errors.New("another process has become the master")
)

// reading is the state of one queue's scan; it goes on where it was after a failure.
type reading struct {
	*Scanner
	target
	queue    remoting.Queue
	process  process
	ranged   bool // min and max are known
	min, max int64
	next     int64 // the first place not yet read
	expired  int64 // see history.Scan
	holes    []int64
	doubted  int64     // a place, plus one, where the broker did once what is believed only twice
	gone     time.Time // since when the broker says that there is no such queue
}

// queue reads one queue of a target. Where its master changes meanwhile the new one is read from the beginning, and what
// was read of the old one is closed as incomplete.
func (s *Scanner) queue(ctx context.Context, t target, id int32) error {
	for {
		r := &reading{Scanner: s, target: t, queue: remoting.Queue{Topic: s.Topic, ID: id}}
		err := r.untilDone(ctx)
		var unrecorded recordError
		if errors.As(err, &unrecorded) {
			return err
		}
		if closed := r.close(err); closed != nil || !errors.Is(err, errMoved) {
			return closed
		}
	}
}

// close records what the reading is worth: complete, gone, or incomplete with the reason.
func (r *reading) close(err error) error {
	scan := &history.Scan{
		Replica: r.replicaName(), Topic: r.Topic, Broker: r.group, Queue: r.queue.ID, Process: r.process.Address,
		Master: r.replica == "", Epoch: max(0, r.process.Epoch), End: r.Since(),
	}
	if errors.Is(err, errGone) {
		scan.Complete, scan.Gone = true, err.Error()
		return r.Record(scan)
	}
	scan.Min, scan.Max, scan.Complete, scan.Holes = r.min, max(r.min, r.max), err == nil, r.holes
	scan.Expired = r.expired
	if err != nil {
		scan.Why = err.Error()
	}
	return r.Record(scan)
}

// replicaName is the replica that is read; a master that never answered has the id that NameServers give masters.
func (r *reading) replicaName() string {
	switch {
	case r.process.name != "":
		return r.process.name
	case r.replica != "":
		return r.replica
	}
	return fmt.Sprintf("%s/%d", r.group, remoting.MasterID)
}

// untilDone tries again until the queue is read, gone for good, or the patience is at its end.
func (r *reading) untilDone(ctx context.Context) error {
	deadline := time.Now().Add(r.Patience)
	for {
		before := r.next
		err := r.try(ctx)
		var unrecorded recordError
		if err == nil || errors.Is(err, errGone) || errors.Is(err, errMoved) || errors.As(err, &unrecorded) {
			return err
		}
		if r.next > before {
			deadline = time.Now().Add(r.Patience) // it gets on
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			return fmt.Errorf("queue %d of %s on %s was read up to place %d only: %w", r.queue.ID, r.Topic, r.target, r.next, err)
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
	p, err := r.find(ctx, r.target)
	if err != nil {
		return err
	}
	if r.process.name != "" && r.process.name != p.name {
		return fmt.Errorf("%w: %s, not %s", errMoved, p.name, r.process.name)
	}
	r.process = p
	peer := r.Cluster.Client.To(p.Address)
	if err := r.exists(ctx, peer); err != nil {
		return err
	}
	if err := r.limits(ctx, peer); err != nil {
		return err
	}
	for from := sourceOf(p, peer, r.queue); ; {
		ended, err := r.step(ctx, from)
		if err != nil {
			return err
		}
		if ended {
			return r.deleted(ctx, peer)
		}
	}
}

// step reads one batch. The queue ends where its broker says so and a reader is given nothing more: both, for a broker
// that names an end too low would hide messages.
func (r *reading) step(ctx context.Context, from source) (ended bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	b, err := from.read(ctx, r.next)
	switch {
	case err != nil:
		return false, fmt.Errorf("place %d: %w", r.next, err)
	case len(b.found) == 0 && r.next >= r.max:
		return true, nil
	case b.next <= r.next:
		return false, fmt.Errorf("asked for place %d, the broker sends the reader to %d, though the queue ends at %d", r.next, b.next, r.max)
	case len(b.found) < int(b.next-r.next) && r.doubted != r.next+1:
		r.doubted = r.next + 1
		return false, fmt.Errorf("asked for place %d, the broker gives %d messages and goes on at %d", r.next, len(b.found), b.next)
	}
	return false, r.take(b)
}

// take records a batch, and the places that the broker passes over: consumers would never see anything there either.
func (r *reading) take(b batch) error {
	for _, m := range b.found {
		if err := r.passOver(m.place); err != nil {
			return err
		}
		if err := r.found(m); err != nil {
			return err
		}
		r.next++
	}
	err := r.passOver(b.next)
	r.max = max(r.max, r.next)
	return err
}

func (r *reading) passOver(to int64) error {
	for ; r.next < to; r.next++ {
		if len(r.holes) == maxHoles {
			return fmt.Errorf("the broker passes over more than %d places", maxHoles)
		}
		r.holes = append(r.holes, r.next)
	}
	return nil
}

// recordError wraps a failure to record, which ends the whole scan.
type recordError struct{ error }

func (e recordError) Unwrap() error { return e.error }

func (r *reading) found(m placed) error {
	id, intact := payload.Decode(m.message.Body)
	f := &history.Found{
		Replica: r.replicaName(), Topic: r.Topic, Broker: r.group, Queue: r.queue.ID, Offset: m.place,
		Producer: id.Producer, Seq: id.Seq, Intact: intact && m.message.Intact && id.Run == r.RunID,
	}
	if stored := m.message.Offset; stored != m.place {
		f.Misplaced, f.Stored = true, stored
	}
	if err := r.Record(f); err != nil {
		return recordError{err}
	}
	return nil
}
