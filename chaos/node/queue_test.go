//go:build linux

package node

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// kernel is a queue in memory: it hands packets over, and notes when each may go.
type kernel struct {
	arrive func(uint32)
	mu     sync.Mutex
	order  []uint32
	after  map[uint32]time.Duration
	began  time.Time
	closed bool
}

func (k *kernel) listen(_ context.Context, _ *os.File, _ uint16, arrived func(uint32), _ func(error)) (func(uint32) error, func(), error) {
	k.arrive, k.began, k.after = arrived, time.Now(), map[uint32]time.Duration{}
	pass := func(id uint32) error {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.order, k.after[id] = append(k.order, id), time.Since(k.began)
		return nil
	}
	return pass, func() { k.closed = true }, nil
}

func TestPacketsAreHeldAndKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, q := &kernel{}, newQueue(DelayArgs{By: 50 * time.Millisecond, Jitter: 50 * time.Millisecond})
		if err := q.start(t.Context(), k.listen, nil, 7); err != nil {
			t.Fatal(err)
		}
		for id := range uint32(100) {
			k.arrive(id)
		}
		time.Sleep(time.Second)
		seen := q.seen(Drops{}).(Delayed)
		q.end()
		if !slices.IsSorted(k.order) || len(k.order) != 100 {
			t.Errorf("%d packets went, in the order %v", len(k.order), k.order)
		}
		for id, d := range k.after {
			if d < 50*time.Millisecond || d > 100*time.Millisecond {
				t.Errorf("packet %d went after %s, want 50 to 100 ms", id, d)
			}
		}
		if seen.Held != 100 || seen.Least < 50*time.Millisecond || seen.Problem != "" || !k.closed {
			t.Errorf("seen %+v, closed %t", seen, k.closed)
		}
	})
}

func TestSomePacketsAreOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, q := &kernel{}, newQueue(DelayArgs{By: 5 * time.Millisecond, Reorder: 50})
		if err := q.start(t.Context(), k.listen, nil, 7); err != nil {
			t.Fatal(err)
		}
		for id := range uint32(200) {
			k.arrive(id)
		}
		time.Sleep(time.Second)
		q.end()
		if slices.IsSorted(k.order) || len(k.order) != 200 {
			t.Errorf("%d packets went, and none was overtaken", len(k.order))
		}
	})
}

func TestWhatIsHeldGoesAtTheEnd(t *testing.T) {
	for _, overtaken := range []uint32{0, 50, 100} {
		t.Run(fmt.Sprint(overtaken, " %"), func(t *testing.T) { goesAtTheEnd(t, DelayArgs{By: time.Hour, Reorder: overtaken}) })
	}
}

func goesAtTheEnd(t *testing.T, args DelayArgs) {
	synctest.Test(t, func(t *testing.T) {
		k, q := &kernel{}, newQueue(args)
		if err := q.start(t.Context(), k.listen, nil, 7); err != nil {
			t.Fatal(err)
		}
		for id := range uint32(10) {
			k.arrive(id)
		}
		synctest.Wait()
		q.end()
		if len(k.order) != 10 {
			t.Errorf("%d of 10 packets went at the end", len(k.order))
		}
	})
}
