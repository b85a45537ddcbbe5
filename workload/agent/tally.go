package agent

import (
	"sync"
	"sync/atomic"

	"github.com/rmqproof/rmqproof/history"
)

// tally writes records through to the log, then counts them.
type tally struct {
	rec *history.Recorder

	acked, failed, unknown             atomic.Int64
	probes, probesOK, delivered, found atomic.Int64
	recreated                          atomic.Int64

	mu      sync.Mutex
	pending map[uint64]bool     // acknowledged and not delivered (true), or delivered and not acknowledged (false)
	waiting int                 // acknowledged and not delivered
	next    map[queueName]int64 // after the highest delivered offset
}

type queueName struct {
	group string
	id    int32
}

func newTally(rec *history.Recorder) *tally {
	return &tally{rec: rec, pending: map[uint64]bool{}, next: map[queueName]int64{}}
}

func (t *tally) send(s *history.Send) error {
	if err := t.rec.Append(s); err != nil {
		return err
	}
	t.count(s.Outcome)
	if s.Outcome == history.OK {
		t.acknowledged(key(s.Producer, s.Seq))
	}
	return nil
}

func (t *tally) probe(p *history.Probe) error {
	if err := t.rec.Append(p); err != nil {
		return err
	}
	t.countProbe(p.Outcome)
	return nil
}

func (t *tally) deliver(d *history.Deliver) error {
	if err := t.rec.Append(d); err != nil {
		return err
	}
	t.delivered.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	q := queueName{d.Broker, d.Queue}
	t.next[q] = max(t.next[q], d.Offset+1)
	k := key(d.Producer, d.Seq)
	if acknowledged, known := t.pending[k]; known && acknowledged {
		delete(t.pending, k)
		t.waiting--
	} else if !known {
		t.pending[k] = false
	}
	return nil
}

func (t *tally) scanned(r history.Record) error {
	if err := t.rec.Append(r); err != nil {
		return err
	}
	if r.Kind() == history.KindFound {
		t.found.Add(1)
	}
	return nil
}

// acknowledged notes an acknowledgement, which may come after the delivery.
func (t *tally) acknowledged(k uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, delivered := t.pending[k]; delivered {
		delete(t.pending, k)
		return
	}
	t.pending[k] = true
	t.waiting++
}

// undelivered is the number of acknowledged messages that no consumer has seen.
func (t *tally) undelivered() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting
}

func (t *tally) nextOf(q queueName) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.next[q]
}

// key packs an id; a producer that sends 2^40 messages has run for a century.
func key(producer uint32, seq uint64) uint64 { return uint64(producer)<<40 | seq }

// recount counts a record that is in the log already.
func (t *tally) recount(r history.Record) {
	switch r := r.(type) {
	case *history.Send:
		t.count(r.Outcome)
	case *history.Probe:
		t.countProbe(r.Outcome)
	case *history.Deliver:
		t.delivered.Add(1)
	case *history.Found:
		t.found.Add(1)
	}
}

func (t *tally) count(o history.Outcome) {
	switch o {
	case history.OK:
		t.acked.Add(1)
	case history.Failed:
		t.failed.Add(1)
	default:
		t.unknown.Add(1)
	}
}

func (t *tally) countProbe(o history.Outcome) {
	t.probes.Add(1)
	if o == history.OK {
		t.probesOK.Add(1)
	}
}
