package load

import (
	"context"
	"sync"
	"testing"
	"time"
)

func TestIntendedTimesStayWhenAGroupStalls(t *testing.T) {
	const rate = 200
	s := newSchedule(rate, 2, 2)
	ctx, cancel := context.WithCancel(t.Context())
	zero := time.Now()
	go s.run(ctx, zero)
	var mu sync.Mutex
	got := map[int64]slot{}
	var all sync.WaitGroup
	all.Go(func() { // the second group takes two slots and is stuck with them; what waits in its queue is late
		for sl := range s.queues[1] {
			mu.Lock()
			got[sl.number] = sl
			mu.Unlock()
			if ctx.Err() == nil {
				<-ctx.Done()
			}
		}
	})
	all.Go(func() {
		for sl := range s.queues[0] {
			s.took()
			mu.Lock()
			got[sl.number] = sl
			mu.Unlock()
		}
	})
	time.Sleep(time.Second)
	cancel()
	all.Wait()
	if len(got) < rate*8/10 {
		t.Fatalf("%d of %d handed out in a second: the dead group stopped the load", len(got), rate)
	}
	for n, sl := range got {
		want := got[0].intended + time.Duration(n-n%2)*time.Second/rate // in rounds of one to each group
		if d := sl.intended - want; d > time.Microsecond || d < -time.Microsecond {
			t.Errorf("message %d is due at %s, want %s", n, sl.intended, want)
		}
	}
}

func TestAScheduleThatIsHeldUpHandsOutLateWithTheTimesAsIntended(t *testing.T) {
	const rate = 100
	s := newSchedule(rate, 1, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	zero := time.Now()
	go s.run(ctx, zero)
	time.Sleep(500 * time.Millisecond) // nobody takes: an outage of everything
	first := <-s.queues[0]
	s.took()
	for n := int64(1); n < 50; n++ {
		sl := <-s.queues[0]
		s.took()
		want := first.intended + time.Duration(n)*time.Second/rate
		if d := sl.intended - want; sl.number != n || d > time.Microsecond || d < -time.Microsecond {
			t.Fatalf("message %d is due at %s, want %d at %s", sl.number, sl.intended, n, want)
		}
	}
	if took := time.Since(zero); took > 700*time.Millisecond {
		t.Errorf("the backlog of half a second came in %s, not at once", took)
	}
}

func TestTheScheduleEndsWhenNobodyTakes(t *testing.T) {
	s := newSchedule(1000, 1, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	done := make(chan struct{})
	go func() { s.run(ctx, time.Now()); close(done) }()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
		t.Fatal("it did not end")
	}
}
