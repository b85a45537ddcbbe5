package faulty

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// Steps of the load.
const (
	sendEvery   = 10 * time.Millisecond
	probeEvery  = 100 * time.Millisecond
	reportEvery = time.Second
	producers   = 2
	keys        = 4
	group       = "readers"
)

// Load is the traffic on a Cluster. Its time is that of its clock; what happened since it was last asked is
// worked out when it is asked again.
type Load struct {
	Cluster *Cluster
	Clock   func(time.Time) time.Duration // a moment as a time of the run

	mu    sync.Mutex
	rec   *history.Recorder
	now   time.Duration
	seq   [producers]uint64
	acked int64
	n     int
	later []waiting
	kept  uint64 // messages that were kept apart
	err   error
}

// Start opens the history.
func (l *Load) Start(_ context.Context, rec *history.Recorder, run history.Run) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rec = rec
	run.Ordered = []string{"t"}
	l.append(&run)
	l.look()
	return l.err
}

// Acked counts the acknowledged sends so far.
func (l *Load) Acked() int64 {
	l.until(l.Clock(time.Now()))
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked
}

// Since is a moment as a time of the run.
func (l *Load) Since(t time.Time) time.Duration {
	l.until(l.Clock(time.Now()))
	return l.Clock(t)
}

// Crash takes a master away now.
func (l *Load) Crash() {
	now := l.Clock(time.Now())
	l.until(now)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Cluster.Crash(now)
}

// Stop ends the sends; the consumer goes on until it has everything, also what is due later.
func (l *Load) Stop(context.Context) error {
	l.until(l.Clock(time.Now()))
	l.mu.Lock()
	defer l.mu.Unlock()
	for ; len(l.later) > 0; l.now += sendEvery {
		l.fire()
	}
	for _, q := range l.Cluster.all() {
		l.deliver(q, l.now)
	}
	if l.Cluster.anomaly == Corrupt {
		q := l.Cluster.queues[0]
		q.log[40].damaged, q.slave[40].damaged = true, true
	}
	return l.err
}

// Finish ends the history.
func (l *Load) Finish(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// until works out what happened up to a time.
func (l *Load) until(end time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ; l.now < end && l.rec != nil; l.now += sendEvery {
		l.send()
		if l.now%probeEvery == 0 {
			for _, group := range l.Cluster.groups {
				l.probe(group)
			}
		}
		if l.now%reportEvery == 0 {
			for _, broker := range l.Cluster.groups {
				l.report(broker)
				l.committed(broker)
			}
		}
		if l.now%(5*sendEvery) == 0 {
			for _, q := range l.Cluster.all() {
				l.deliver(q, l.now)
			}
		}
		l.fire()
		if l.now%laterEvery == 0 {
			l.sendLater()
		}
	}
}

// send goes round the queues; a message that is not acknowledged is tried again as a new attempt elsewhere.
func (l *Load) send() {
	p := l.n % producers
	key := l.n / producers % keys
	l.n++
	for try := range 2 {
		q := l.Cluster.queues[(key+try*2)%len(l.Cluster.queues)]
		m := message{producer: uint32(p), seq: l.seq[p], key: fmt.Sprintf("key-%d", key)}
		l.seq[p]++
		a := l.Cluster.send(l.now, q, m)
		s := &history.Send{Producer: m.producer, Seq: m.seq, Topic: q.topic, Key: m.key, Intended: l.now, Start: l.now, End: l.now + a.took,
			Outcome: a.outcome, Status: a.status, Queue: -1, Offset: -1}
		if a.outcome == history.OK {
			s.Broker, s.Queue, s.Offset = q.broker, q.number, a.offset
			l.acked++
		}
		l.append(s)
		if a.outcome == history.OK {
			return
		}
	}
}

func (l *Load) probe(broker string) {
	a := l.Cluster.probe(l.now, broker)
	l.append(&history.Probe{Broker: broker, Start: l.now, End: l.now + a.took, Outcome: a.outcome})
}

func (l *Load) append(r history.Record) {
	if err := l.rec.Append(r); err != nil && l.err == nil {
		l.err = err
	}
}
