package facts

import (
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// How late a broker gives out what it keeps apart is no promise, so what is missing may still wait there. It is lost where the
// broker has gone on without it, or has had long enough for anything.
const (
	// overtaken by one that was due as much later, a delayed message does not come any more. A broker gives out what it
	// delays in the order of time, by a few threads, level by level.
	overtaken = 10 * time.Second
	// patience is far more than a broker needs to ask about a transaction: it does so every half minute, and gives up
	// after 15 times.
	patience = 5 * time.Minute
)

// order is what a broker gives out in the order of time.
type order struct {
	broker, kind string
	level        time.Duration // of those that are delayed by level
}

func orderOf(s *history.Send) order {
	o := order{broker: s.Broker, kind: s.Type}
	if s.Type == history.Delay {
		o.level = s.Due - s.Start
	}
	return o
}

// noteOvertaking notes how far a broker came in each order.
func (q *comparison) noteOvertaking() {
	q.reached = map[order]time.Duration{}
	for _, f := range q.fates {
		if f.send != nil && f.send.Delayed() && f.came() {
			q.reached[orderOf(f.send)] = max(q.reached[orderOf(f.send)], f.send.Due)
		}
	}
}

// mayCome reports whether a message that was kept apart, and is missing, may have waited still when it was looked for, or may
// have come and gone with the front of the log.
func (q *comparison) mayCome(s *history.Send) bool {
	if f := q.fates[ID{s.Producer, s.Seq}]; !s.KeptApart() || f != nil && f.came() {
		return false
	}
	x := q.queues.of(QueueID{s.Topic, s.Broker, s.Queue})
	if scan := x.scanOfMaster(); scan == nil || scan.Expired > 0 {
		return true
	}
	passed := s.Delayed() && q.reached[orderOf(s)] >= s.Due+overtaken
	return !passed && !x.readAfter(max(s.End, s.Due)+patience)
}
