package traffic

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// taken collects what a schedule of one group hands out until the context ends.
func taken(s *schedule) (slots []slot) {
	for sl := range s.queues[0] {
		s.released()
		slots = append(slots, sl)
	}
	return slots
}

func TestIntendedTimesStayWhenAGroupStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 200
		s := newSchedule(rate, 2, 2) // nobody takes from the second group
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go s.run(ctx, time.Now())
		got := taken(s)
		if len(got) < rate-2-2 {
			t.Fatalf("%d of %d handed out in a second: the dead group stopped the load", len(got), rate)
		}
		for _, sl := range got {
			if sl.intended != s.due(sl.number) {
				t.Errorf("message %d is due at %s, want %s", sl.number, sl.intended, s.due(sl.number))
			}
		}
	})
}

func TestAScheduleThatIsHeldUpHandsOutLateWithTheTimesAsIntended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 100
		s := newSchedule(rate, 1, 1)
		s.late = func(d time.Duration) { t.Errorf("the agent is said to be %s late, but nobody took", d) }
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		zero := time.Now()
		go s.run(ctx, zero)
		time.Sleep(10 * time.Second) // nobody takes: an outage of everything
		for n := range int64(rate * 10) {
			sl := <-s.queues[0]
			s.released()
			if sl.number != n || sl.intended != s.due(n) {
				t.Fatalf("message %d is due at %s, want %d at %s", sl.number, sl.intended, n, s.due(n))
			}
		}
		if took := time.Since(zero); took > 10*time.Second+time.Second/rate {
			t.Errorf("the backlog of ten seconds came in %s, not at once", took)
		}
	})
}

func TestMessagesComeAtTheRateAndInOrder(t *testing.T) {
	for _, groups := range []int{1, 2, 3} {
		s := newSchedule(300, groups, 1)
		s.seed = 99
		period := time.Duration(groups) * time.Second / 300
		last := time.Duration(0)
		for n := range int64(3000) {
			due, even := s.due(n), time.Duration(n/int64(groups))*period
			if due < last || due < even-period-time.Microsecond || due > even+period+time.Microsecond {
				t.Fatalf("message %d of %d groups is due at %s, after one at %s, evenly at %s", n, groups, due, last, even)
			}
			last = due
		}
	}
}

func TestTheScheduleEndsWhenNobodyTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		newSchedule(1000, 1, 1).run(ctx, time.Now())
	})
}
