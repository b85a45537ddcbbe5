package traffic

import (
	"context"
	"time"
)

// slot is one message that the schedule wants sent.
type slot struct {
	number   int64
	intended time.Duration // since the run's start
}

// tick is what the first round waits for, counted from the run's start: the probes' default interval, so that rounds and
// probes wake the process together. That takes a fifth less of the processor than waking for each message.
const tick = 20 * time.Millisecond

// lateAfter is how late this process may hand a message out, with room for it, before that is told: it makes the run
// inconclusive. Less is seen in the records, as the lag of sends and the ticks that probes skip.
const lateAfter = 5 * time.Second

// schedule hands out the messages of an open loop, in rounds of one message to each broker group, however the ones before
// fare. Each goes to its group's small queue; where that is full, since the group's senders are stuck, to another group's,
// so that one dead group does not stop the load. Where all are full the schedule waits, and what it hands out late keeps
// its intended time.
type schedule struct {
	rate   float64
	seed   uint64
	late   func(time.Duration)
	queues []chan slot
	room   chan struct{} // a sender has taken something
}

func newSchedule(rate float64, groups, depth int) *schedule {
	s := &schedule{rate: rate, queues: make([]chan slot, groups), room: make(chan struct{}, 1), late: func(time.Duration) {}}
	for i := range s.queues {
		s.queues[i] = make(chan slot, depth)
	}
	return s
}

// due is when a message is due after the first round's time. Rounds come in pairs: the seed decides for each pair whether
// they come one after the other, both early or both late, so that no traffic is too regular to show a fault.
func (s *schedule) due(number int64) time.Duration {
	round := number / int64(len(s.queues))
	switch pair := round &^ 1; draw(s.seed, forRounds, uint64(pair)) % 4 {
	case 0:
		round = pair
	case 1:
		round = pair + 1
	}
	return time.Duration(float64(round) * float64(len(s.queues)) / s.rate * float64(time.Second))
}

// run hands out slots until the context ends, then closes the queues. zero is the run's start.
func (s *schedule) run(ctx context.Context, zero time.Time) {
	defer func() {
		for _, q := range s.queues {
			close(q)
		}
	}()
	first := upTo(time.Since(zero), tick)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := int64(0); ; n++ {
		due := first + s.due(n)
		timer.Reset(due - time.Since(zero))
		idle := due > time.Since(zero)
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if lag := time.Since(zero) - due; idle && lag > lateAfter {
			s.late(lag)
		}
		if !s.hand(ctx, slot{n, due}) {
			return
		}
	}
}

// hand puts a slot into the first queue with room, beginning with the one whose turn it is. Within a round the seed
// decides whose turn comes first.
func (s *schedule) hand(ctx context.Context, sl slot) bool {
	groups := int64(len(s.queues))
	turn := sl.number + int64(draw(s.seed, forTurns, uint64(sl.number/groups))%uint64(groups))
	for {
		for i := range groups {
			select {
			case s.queues[(turn+i)%groups] <- sl:
				return true
			default:
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-s.room:
		}
	}
}

// released tells the schedule that there may be room.
func (s *schedule) released() {
	select {
	case s.room <- struct{}{}:
	default:
	}
}

func upTo(d, step time.Duration) time.Duration { return (d + step - 1) / step * step }
