package load

import (
	"context"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/payload"
)

const (
	// attempts is how often a message is tried: once, and twice more as RocketMQ's clients do by default.
	attempts = 3
	// firstPause and longestPause bound the wait after a failure. It keeps a group that refuses at once from swallowing
	// the whole load, and is short enough to see within half a second that it serves again.
	firstPause   = 50 * time.Millisecond
	longestPause = 500 * time.Millisecond
)

// message is one attempt.
type message struct {
	topic, group, key string
	queue             int
	body              []byte
}

// result is what came of an attempt.
type result struct {
	outcome history.Outcome
	status  string
	offset  int64  // -1 where none was named
	detail  string // the error in full, for a person; empty with an acknowledgement
}

// sender sends one message at a time.
type sender interface {
	send(ctx context.Context, m message) result
	close()
}

// worker is one producer: its sequence numbers are dense, and one of its sends is under way at a time.
type worker struct {
	id        uint32
	group     string
	placement []place
	run       Config
	sender    sender
	record    func(*history.Send) error
	zero      time.Time

	seq   uint64
	pause time.Duration
}

// place is where the messages of one key go, always the same, so that a key has an order.
type place struct {
	key   string
	queue int
}

// work sends the slots of a queue until the queue is closed, or a record cannot be written.
func (w *worker) work(ctx context.Context, slots <-chan slot, took func()) error {
	defer w.sender.close()
	for s := range slots {
		took()
		if ctx.Err() != nil {
			continue // stopped: what was handed out, but never begun, is no attempt
		}
		if err := w.message(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// message tries until it is acknowledged, tried often enough, or the run is stopped. Each attempt has a sequence number
// of its own, so that one id can lie at one offset only.
func (w *worker) message(ctx context.Context, s slot) error {
	var again *uint64 // the attempt before
	for try := range attempts {
		seq := w.seq
		outcome, err := w.attempt(ctx, s, again)
		if err != nil {
			return err
		}
		if outcome == history.OK {
			w.pause = 0
			return nil
		}
		w.rest(ctx)
		if ctx.Err() != nil || try == attempts-1 {
			return nil
		}
		again = &seq
	}
	return nil
}

// attempt sends once and records it before anything else is done. A send that has begun is waited for also when the
// run is stopped meanwhile.
func (w *worker) attempt(ctx context.Context, s slot, again *uint64) (history.Outcome, error) {
	p := w.placement[w.seq%uint64(len(w.placement))]
	r := &history.Send{Producer: w.id, Seq: w.seq, Topic: w.run.Topic, Key: p.key, Intended: s.intended, Broker: w.group, Queue: int32(p.queue)}
	if again != nil {
		r.Retry, r.RetryOf = true, *again
	}
	w.seq++
	body := payload.Encode(payload.ID{Run: w.run.ID, Producer: r.Producer, Seq: r.Seq}, w.run.BodyBytes)
	r.Start = time.Since(w.zero)
	res := w.sender.send(context.WithoutCancel(ctx), message{w.run.Topic, w.group, p.key, p.queue, body})
	r.End = time.Since(w.zero)
	r.Outcome, r.Status, r.Offset, r.Detail = res.outcome, res.status, res.offset, res.detail
	return r.Outcome, w.record(r)
}

// rest waits a little longer after each failure in a row.
func (w *worker) rest(ctx context.Context) {
	w.pause = min(max(2*w.pause, firstPause), longestPause)
	t := time.NewTimer(w.pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
