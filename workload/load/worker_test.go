package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/payload"
)

// script is a sender that answers as it is told.
type script struct {
	mu      sync.Mutex
	results []result // for the first sends; acknowledged after that
	bodies  [][]byte
	closed  bool
}

func (s *script) send(_ context.Context, m message) result {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.bodies)
	s.bodies = append(s.bodies, m.body)
	if n < len(s.results) {
		return s.results[n]
	}
	return result{outcome: history.OK, status: "SEND_OK", offset: int64(n)}
}

func (s *script) close() { s.closed = true }

func config() Config {
	return Config{ID: "run", Topic: "t", Groups: []string{"broker-a", "broker-b"}, Workers: 2, Queues: 4, Keys: 16, Rate: 200, BodyBytes: 64}
}

// records runs one worker over n slots.
func records(t *testing.T, s *script, n int) []*history.Send {
	t.Helper()
	var sends []*history.Send
	c := config()
	w := &worker{id: 1, group: "broker-a", placement: placement(c, 1, 1), run: c, sender: s, zero: time.Now()}
	w.record = func(r *history.Send) error { sends = append(sends, r); return nil }
	slots := make(chan slot, n)
	for i := range n {
		slots <- slot{int64(i), time.Duration(i) * time.Millisecond}
	}
	close(slots)
	if err := w.work(t.Context(), slots, func() {}); err != nil {
		t.Fatal(err)
	}
	if !s.closed {
		t.Error("the client was left open")
	}
	return sends
}

func TestARetryIsAnAttemptOfItsOwn(t *testing.T) {
	s := &script{results: []result{
		{outcome: history.OK, status: "SEND_OK", offset: 5}, {outcome: history.Unknown, status: "TIMEOUT", offset: -1, detail: "request timeout"},
		{outcome: history.Failed, status: "NO_ROUTE", offset: -1}, {outcome: history.OK, status: "SEND_OK", offset: 6},
	}}
	sends := records(t, s, 2)
	if len(sends) != 4 {
		t.Fatalf("%d attempts", len(sends))
	}
	for i, r := range sends {
		id, intact := payload.Decode(s.bodies[i])
		if r.Seq != uint64(i) || r.Producer != 1 || !intact || id != (payload.ID{Run: "run", Producer: 1, Seq: r.Seq}) {
			t.Errorf("attempt %d: %+v, body %+v", i, r, id)
		}
		if r.Start > r.End || r.Topic != "t" || r.Broker != "broker-a" {
			t.Errorf("attempt %d: %+v", i, r)
		}
	}
	if got := fmt.Sprint(sends[1].Retry, sends[2].Retry, sends[2].RetryOf, sends[3].Retry, sends[3].RetryOf); got != "false true 1 true 2" {
		t.Errorf("retries of %q", got)
	}
	if sends[1].Outcome != history.Unknown || sends[1].Detail != "request timeout" || sends[1].Intended != sends[3].Intended {
		t.Errorf("%+v then %+v", sends[1], sends[3])
	}
}

func TestAMessageIsTriedThreeTimes(t *testing.T) {
	no := result{outcome: history.Failed, status: "NO_ROUTE", offset: -1}
	sends := records(t, &script{results: []result{no, no, no}}, 2)
	if len(sends) != 4 || sends[3].Retry || sends[3].Outcome != history.OK {
		t.Errorf("%d attempts", len(sends))
	}
}

func TestARecordThatCannotBeWrittenEndsTheLoad(t *testing.T) {
	full := errors.New("no space left")
	c := config()
	l := build(c, func(*worker) sender { return &script{} }, func(*history.Send) error { return full })
	done := make(chan error, 1)
	go func() { done <- l.Run(t.Context(), time.Now()) }()
	select {
	case err := <-done:
		if !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the load goes on though it cannot be recorded")
	}
}

func TestADeadGroupDoesNotStopTheLoad(t *testing.T) {
	c := config()
	stuck := make(chan struct{})
	var mu sync.Mutex
	perGroup := map[string]int{}
	l := build(c, func(w *worker) sender {
		if w.group == "broker-b" {
			return stuckSender(stuck)
		}
		return &script{}
	}, func(r *history.Send) error {
		mu.Lock()
		defer mu.Unlock()
		perGroup[r.Broker]++
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx, time.Now()) }()
	time.Sleep(time.Second)
	cancel()
	close(stuck)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if perGroup["broker-a"] < 150 || perGroup["broker-b"] != c.Workers {
		t.Errorf("sent %v in a second at 200/s with broker-b stuck", perGroup)
	}
}

type stuckSender chan struct{}

func (s stuckSender) send(context.Context, message) result {
	<-s
	return result{outcome: history.Unknown, status: "TIMEOUT", offset: -1}
}
func (s stuckSender) close() {}

func TestPlacement(t *testing.T) {
	for _, c := range []Config{config(), {Groups: []string{"a"}, Workers: 3, Queues: 4, Keys: 0}, {Groups: []string{"a", "b", "c"}, Workers: 4, Queues: 4, Keys: 100}} {
		owner, queueOf, used := map[string]uint32{}, map[string]int{}, map[string]map[int]bool{}
		for producer := range uint32(c.Producers()) {
			for seq := range uint64(200) {
				p := c.Place(producer, seq)
				if other, known := owner[p.Key]; known && (other != producer || queueOf[p.Key] != p.Queue) {
					t.Fatalf("key %s is shared, or moves", p.Key)
				}
				owner[p.Key], queueOf[p.Key] = producer, p.Queue
				if used[p.Group] == nil {
					used[p.Group] = map[int]bool{}
				}
				used[p.Group][p.Queue] = true
			}
		}
		if len(owner) != max(c.Keys, c.Producers()) || len(used) != len(c.Groups) {
			t.Errorf("%d keys, %d groups", len(owner), len(used))
		}
		for group, queues := range used {
			if len(queues) < min(c.Queues, c.Workers) {
				t.Errorf("%s uses queues %v of %d", group, queues, c.Queues)
			}
		}
	}
}
