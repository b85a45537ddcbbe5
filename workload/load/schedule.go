package load

import (
	"context"
	"time"
)

// slot is one message that the schedule wants sent.
type slot struct {
	number   int64
	intended time.Duration // since the run's start
}

// Schedule hands out the messages of an open loop, in rounds of one message to each broker group, however the ones
// before fare. Message n of g groups is due at (n - n mod g)/rate: a process that wakes for a round takes a fifth less of
// the processor than one that wakes for each message. Each goes to its group's small queue; where that is full, since the group's senders are stuck, to
// another group's, so that one dead group does not stop the load. Where all are full the schedule waits, and what it
// hands out late keeps its intended time.
type schedule struct {
	rate   float64
	queues []chan slot
	room   chan struct{} // a sender has taken something
}

func newSchedule(rate float64, groups, depth int) *schedule {
	s := &schedule{rate: rate, queues: make([]chan slot, groups), room: make(chan struct{}, 1)}
	for i := range s.queues {
		s.queues[i] = make(chan slot, depth)
	}
	return s
}

// run hands out slots until the context ends, then closes the queues. zero is the run's start.
func (s *schedule) run(ctx context.Context, zero time.Time) {
	defer func() {
		for _, q := range s.queues {
			close(q)
		}
	}()
	first := upTo(time.Since(zero), beat)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := int64(0); ; n++ {
		round := n - n%int64(len(s.queues)) // one message to each group at a time
		due := first + time.Duration(float64(round)/s.rate*float64(time.Second))
		timer.Reset(due - time.Since(zero))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if !s.place(ctx, slot{n, due}) {
			return
		}
	}
}

// place puts a slot into the first queue with room, beginning with the one whose turn it is.
func (s *schedule) place(ctx context.Context, sl slot) bool {
	for {
		for i := range s.queues {
			select {
			case s.queues[(int(sl.number)+i)%len(s.queues)] <- sl:
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

// took tells the schedule that there may be room.
func (s *schedule) took() {
	select {
	case s.room <- struct{}{}:
	default:
	}
}

// beat is what the first round waits for, counted from the run's start: the probes' default interval, so that rounds and
// probes wake the process together.
const beat = 20 * time.Millisecond

func upTo(d, step time.Duration) time.Duration { return (d + step - 1) / step * step }
