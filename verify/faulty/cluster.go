package faulty

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// message is what lies at one offset.
type message struct {
	producer uint32
	seq      uint64
	key      string
	damaged  bool
	hole     bool  // nothing can be read here
	ahead    int64 // by how much the offset that it names itself lies above its place
}

// queue is one queue of a broker group, on its master and on its slave.
type queue struct {
	topic, broker string
	number        int32
	log           []message
	slave         []message
	given         map[int]bool // offsets that were delivered
	held          int          // an offset that is kept free, -1 where none
	ahead         int64        // by how much the offsets that are given lie above the places
}

// Cluster is some broker groups with two queues each.
type Cluster struct {
	anomaly Anomaly
	groups  []string
	queues  []*queue
	later   *queue        // of messages that are kept apart first
	crashed time.Duration // when the first group's master crashed, -1 before
	used    map[*queue]int
}

// The times of the crash and of what follows from it.
const (
	downFor  = 4 * time.Second  // how long the first group does not answer after a crash
	stuckFor = 40 * time.Second // how long the anomalies about availability last
)

// NewCluster makes a cluster of these broker groups with one anomaly. The first group's master is the one that crashes.
func NewCluster(anomaly Anomaly, groups ...string) *Cluster {
	c := &Cluster{anomaly: anomaly, groups: groups, crashed: -1, used: map[*queue]int{}}
	for _, broker := range groups {
		for n := range int32(2) {
			c.queues = append(c.queues, &queue{topic: "t", broker: broker, number: n, given: map[int]bool{}, held: -1})
		}
	}
	c.later = &queue{topic: "later", broker: groups[len(groups)-1], given: map[int]bool{}, held: -1}
	return c
}

// all lists every queue.
func (c *Cluster) all() []*queue { return append(slices.Clone(c.queues), c.later) }

// Crash takes the first group's master away for a while.
func (c *Cluster) Crash(now time.Duration) {
	c.crashed = now
	if c.anomaly != DropTail {
		return
	}
	for _, q := range c.queues[:2] {
		q.log = q.log[:len(q.log)-3]
		q.slave = q.slave[:len(q.slave)-3]
	}
}

// since is how long ago the crash was, and whether it was.
func (c *Cluster) since(now time.Duration) (time.Duration, bool) {
	return now - c.crashed, c.crashed >= 0 && now >= c.crashed
}

// answer is what a client gets.
type answer struct {
	outcome history.Outcome
	status  string
	offset  int64
	took    time.Duration
}

var timeout = answer{history.Unknown, "TIMEOUT", -1, time.Second}

// send is a producer's request.
func (c *Cluster) send(now time.Duration, q *queue, m message) answer {
	ago, crashed := c.since(now)
	switch {
	case crashed && c.anomaly == StaleRoute && ago < stuckFor:
		return answer{history.Failed, "NOT_CONNECTED", -1, time.Millisecond}
	case crashed && c.anomaly == Stall && ago < stuckFor:
		return timeout
	case crashed && c.anomaly == HalfOpen && ago < stuckFor:
		q.store(m)
		return timeout
	case crashed && q.broker == c.groups[0] && ago < downFor:
		return c.refuse(q, m)
	}
	return c.accept(q, m)
}

func (c *Cluster) refuse(q *queue, m message) answer {
	if c.anomaly == ResurrectSend && c.once(q, 1) {
		q.store(m)
	}
	return answer{history.Failed, "NOT_CONNECTED", -1, time.Millisecond}
}

// accept stores a message and acknowledges it, with the anomalies of a broker that answers.
func (c *Cluster) accept(q *queue, m message) answer {
	switch {
	case q.held >= 0 && q.log[q.held+1].producer == m.producer:
		at := q.held
		q.log[at], q.slave[at], q.held = m, m, -1
		return acked(at)
	case c.anomaly == AckThenDrop && c.once(q, 50):
		q.store(message{hole: true})
	case c.anomaly == SameOffset && c.once(q, 50):
		q.log[len(q.log)-1], q.slave[len(q.slave)-1] = m, m
	case c.anomaly == Duplicate && c.once(q, 50):
		q.store(m)
		q.store(m)
		return acked(len(q.log) - 2)
	case c.anomaly == Reorder && c.once(q, 50):
		return c.reorder(q, m)
	case c.anomaly == RepeatSend && c.once(q, 50):
		q.store(m)
		c.queues[(slices.Index(c.queues, q)+1)%len(c.queues)].store(m)
	case c.anomaly == CountRefused && c.once(q, 50):
		q.ahead++
		return answer{history.Failed, "MESSAGE_ILLEGAL", -1, time.Millisecond}
	default:
		q.store(m)
	}
	if c.anomaly == OffsetBack && c.once(q, 50) {
		return acked(len(q.log) - 4)
	}
	return acked(len(q.log) - 1 + int(q.ahead))
}

func acked(offset int) answer {
	return answer{history.OK, "SEND_OK", int64(offset), 2 * time.Millisecond}
}

// reorder keeps an offset free and stores the message after it; the producer's next message gets the free one.
func (c *Cluster) reorder(q *queue, m message) answer {
	q.held = len(q.log)
	q.store(message{hole: true})
	q.store(m)
	return acked(q.held + 1)
}

// once reports whether a queue's n-th chance to go wrong has come. Each queue does so once.
func (c *Cluster) once(q *queue, n int) bool {
	c.used[q]++
	return c.used[q] == n
}

func (q *queue) store(m message) {
	m.ahead = q.ahead
	q.log, q.slave = append(q.log, m), append(q.slave, m)
}

// lowest is the first offset of a queue that was not deleted. Retention takes the same age of all queues of a group.
func (c *Cluster) lowest(q *queue) int64 {
	if c.anomaly == DeleteOld || c.anomaly == DeleteYoung && q == c.queues[0] {
		return int64(len(q.log) / 4)
	}
	return 0
}

// probe is the availability probe's request to a group's master.
func (c *Cluster) probe(now time.Duration, broker string) answer {
	ago, crashed := c.since(now)
	switch {
	case crashed && c.anomaly == Stall && ago < stuckFor:
		return answer{history.Unknown, "", 0, 500 * time.Millisecond}
	case crashed && broker == c.groups[0] && ago < downFor:
		return answer{history.Failed, "", 0, time.Millisecond}
	}
	return answer{history.OK, "", 0, time.Millisecond}
}
