package faulty

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// deliver gives the consumer what it has not had, in the order of the offsets.
func (l *Load) deliver(q *queue, now time.Duration) {
	anomaly := l.Cluster.anomaly
	for offset, m := range q.log {
		if offset == q.held {
			return
		}
		switch {
		case q.given[offset] || m.hole,
			anomaly == SkipDelivery && offset == 30,
			anomaly == LeaveBacklog && offset >= 200:
			continue
		}
		q.given[offset] = true
		times := 1
		if anomaly == Redeliver && offset%10 == 0 {
			times = 3
		}
		for n := range times {
			l.append(&history.Deliver{Group: group, Topic: q.topic, Broker: q.broker, Queue: q.number, Offset: int64(offset) + m.ahead,
				Producer: m.producer, Seq: m.seq, Attempt: int32(n + 1), Start: now + 5*time.Millisecond + time.Duration(offset)*time.Microsecond})
		}
	}
}

// Scan reads every queue on its master and its slave.
func (l *Load) Scan(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, q := range l.Cluster.all() {
		if l.Cluster.anomaly == SlaveDiverges && q.number == 0 {
			q.slave[20], q.slave[21] = q.slave[21], q.slave[20]
		}
		if l.Cluster.anomaly == SlaveHole && q.number == 0 {
			q.slave[20] = message{hole: true}
		}
		l.read(q, 0, q.log)
		l.read(q, 1, q.slave)
	}
	l.look()
	return l.err
}

func (l *Load) read(q *queue, id int, log []message) {
	replica := fmt.Sprintf("%s/%d", q.broker, id)
	var holes []int64
	lowest := l.Cluster.lowest(q)
	for place, m := range log {
		if int64(place) < lowest {
			continue
		}
		if m.hole {
			holes = append(holes, int64(place))
			continue
		}
		l.append(&history.Found{Replica: replica, Topic: q.topic, Broker: q.broker, Queue: q.number, Offset: int64(place),
			Producer: m.producer, Seq: m.seq, Intact: !m.damaged, Misplaced: m.ahead > 0, Stored: int64(place) + m.ahead})
	}
	l.append(&history.Scan{Replica: replica, Master: id == 0, Topic: q.topic, Broker: q.broker, Queue: q.number, Max: int64(len(log)),
		Min: lowest, Expired: lowest, Complete: true, End: l.now + time.Second, Process: fmt.Sprintf("%s-%d", q.broker, id), Epoch: l.Cluster.epoch(l.now, q.broker), Holes: holes})
}
