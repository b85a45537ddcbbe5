package agent

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// runLog writes records through to the log of a run, then counts them.
type runLog struct {
	rec *history.Recorder

	acked, failed, unknown             atomic.Int64
	probes, probesOK, delivered, found atomic.Int64
	recreated                          atomic.Int64
	disturbed                          atomic.Int64 // when a probe last failed, in nanoseconds of Unix time; 0: none has

	mu      sync.Mutex
	pending map[uint64]bool     // acknowledged and not delivered (true), or delivered and not acknowledged (false)
	waiting map[string]int      // acknowledged and not delivered, by topic
	next    map[queueName]int64 // after the highest delivered offset
}

type queueName struct {
	topic, group string
	id           int32
}

func newRunLog(rec *history.Recorder) *runLog {
	return &runLog{rec: rec, pending: map[uint64]bool{}, waiting: map[string]int{}, next: map[queueName]int64{}}
}

func (l *runLog) send(s *history.Send) error {
	if err := l.rec.Append(s); err != nil {
		return err
	}
	l.count(s.Outcome)
	if s.Outcome == history.OK {
		l.acknowledged(s.Topic, key(s.Producer, s.Seq))
	}
	return nil
}

func (l *runLog) probe(p *history.Probe) error {
	if err := l.rec.Append(p); err != nil {
		return err
	}
	l.countProbe(p.Outcome)
	if p.Outcome != history.OK {
		l.disturbed.Store(time.Now().UnixNano())
	}
	return nil
}

func (l *runLog) deliver(d *history.Deliver) error {
	if err := l.rec.Append(d); err != nil {
		return err
	}
	l.delivered.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	q := queueName{d.Topic, d.Broker, d.Queue}
	l.next[q] = max(l.next[q], d.Offset+1)
	k := key(d.Producer, d.Seq)
	if acknowledged, known := l.pending[k]; known && acknowledged {
		delete(l.pending, k)
		l.waiting[d.Topic]--
	} else if !known {
		l.pending[k] = false
	}
	return nil
}

// note writes what is counted nowhere.
func (l *runLog) note(r history.Record) error { return l.rec.Append(r) }

func (l *runLog) scanned(r history.Record) error {
	if err := l.rec.Append(r); err != nil {
		return err
	}
	if r.Kind() == history.KindFound {
		l.found.Add(1)
	}
	return nil
}

// acknowledged notes an acknowledgement, which may come after the delivery.
func (l *runLog) acknowledged(topic string, k uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, delivered := l.pending[k]; delivered {
		delete(l.pending, k)
		return
	}
	l.pending[k] = true
	l.waiting[topic]++
}

// undelivered is the number of a topic's acknowledged messages that no consumer has seen.
func (l *runLog) undelivered(topic string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting[topic]
}

func (l *runLog) nextOf(q queueName) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next[q]
}

// key packs an id; a producer that sends 2^40 messages has run for a century.
func key(producer uint32, seq uint64) uint64 { return uint64(producer)<<40 | seq }

// recount counts a record that is in the log already.
func (l *runLog) recount(r history.Record) {
	switch r := r.(type) {
	case *history.Send:
		l.count(r.Outcome)
	case *history.Probe:
		l.countProbe(r.Outcome)
	case *history.Deliver:
		l.delivered.Add(1)
	case *history.Found:
		l.found.Add(1)
	}
}

func (l *runLog) count(o history.Outcome) {
	switch o {
	case history.OK:
		l.acked.Add(1)
	case history.Failed:
		l.failed.Add(1)
	default:
		l.unknown.Add(1)
	}
}

func (l *runLog) countProbe(o history.Outcome) {
	l.probes.Add(1)
	if o == history.OK {
		l.probesOK.Add(1)
	}
}
