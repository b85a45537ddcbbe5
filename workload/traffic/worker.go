package traffic

import (
	"cmp"
	"context"
	"fmt"
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
	property          [2]string // name and value of one that makes the message a special one; empty: there is none
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
	config    config
	sender    sender
	record    func(*history.Send) error
	zero      time.Time

	seq   uint64
	pause time.Duration
}

func (w *worker) name() string { return fmt.Sprintf("%s-%d", w.config.run, w.id) }

// work sends the slots of a queue until the queue is closed, or a record cannot be written.
func (w *worker) work(ctx context.Context, slots <-chan slot, released func()) error {
	for s := range slots {
		released()
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
// of its own, so that one id can lie at one offset only. What is to be refused is tried once.
func (w *worker) message(ctx context.Context, s slot) error {
	r := w.planned(w.seq)
	r.Intended = s.intended
	if how := w.config.refusal(s.number); how != "" {
		r.Type = history.Refused
		return w.attempt(ctx, &r, how)
	}
	for try := range attempts {
		if err := w.attempt(ctx, &r, ""); err != nil {
			return err
		}
		if r.Outcome == history.OK || r.Status == statusRolledBack {
			w.pause = 0
			return nil
		}
		w.rest(ctx)
		if ctx.Err() != nil || try == attempts-1 {
			return nil //nolint:nilerr // the load was stopped
		}
		again := w.planned(w.seq)
		again.Intended, again.Retry, again.RetryOf = s.intended, true, r.Seq
		r = again
	}
	return nil
}

// planned is the record of an attempt before it is sent.
func (w *worker) planned(seq uint64) history.Send {
	p := w.at(seq)
	return history.Send{Producer: w.id, Seq: seq, Topic: w.config.Topic, Key: p.key, Broker: w.group, Queue: int32(p.queue), Offset: -1, Type: w.config.typeOf(w.id, seq)}
}

// attempt sends once and records it before anything else is done. A send that has begun is waited for also when the
// run is stopped meanwhile.
func (w *worker) attempt(ctx context.Context, r *history.Send, refused string) error {
	id := payload.ID{Run: w.config.run, Producer: r.Producer, Seq: r.Seq}
	m := message{topic: r.Topic, group: r.Broker, key: r.Key, queue: int(r.Queue), body: payload.Encode(id, w.size(r.Seq), w.config.seed)}
	w.seq++
	r.Start = time.Since(w.zero)
	if refused != "" {
		m = illegal(m, id, refused)
	} else if w.config.postpone != nil {
		r.Due, m.property = w.config.postpone(w, r)
	}
	res := w.sender.send(context.WithoutCancel(ctx), m)
	r.End = time.Since(w.zero)
	r.Outcome, r.Status, r.Offset, r.Detail = res.outcome, res.status, res.offset, res.detail
	if r.KeptApart() {
		r.Offset = -1 // the one that was named is of another topic
	}
	if r.Type == history.Rollback {
		r.Outcome, r.Status = history.Failed, cmp.Or(map[bool]string{true: statusRolledBack}[res.outcome == history.OK], res.status)
	}
	done := *r
	return w.record(&done)
}

// size varies bodies between half and one and a half times the traffic's size.
func (w *worker) size(seq uint64) int {
	size := w.config.BodyBytes
	return size/2 + int(draw(w.config.seed, forBodies, uint64(w.id), seq)%uint64(size+1))
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
