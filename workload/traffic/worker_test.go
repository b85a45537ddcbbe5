package traffic

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/payload"
)

// script is a sender that answers as it is told.
type script struct {
	mu      sync.Mutex
	results []result // for the first sends; acknowledged after that
	refuse  *result  // for an illegal message
	illegal int
	bodies  [][]byte
	marks   [][2]string
	closed  bool
}

func (s *script) send(_ context.Context, m message) result {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil && (len(m.body) > 4<<20 || m.property[0] != "") {
		s.illegal++
		return *s.refuse
	}
	n := len(s.bodies)
	s.bodies, s.marks = append(s.bodies, m.body), append(s.marks, m.property)
	if n < len(s.results) {
		return s.results[n]
	}
	return result{outcome: history.OK, status: "SEND_OK", offset: int64(n)}
}

func (s *script) close() { s.closed = true }

func settings() config {
	return config{run: "run", seed: 7, Traffic: agentapi.Traffic{
		Topic: "t", Groups: []string{"broker-a", "broker-b"}, Workers: 2, Queues: 4, Keys: 16, Rate: 200, BodyBytes: 64,
	}}
}

// records runs one producer over n slots.
func records(t *testing.T, c config, s *script, n int) (sends []*history.Send) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &worker{id: 1, group: "broker-a", placement: c.placement(1, 1), config: c, sender: s, zero: time.Now()}
		w.record = func(r *history.Send) error { sends = append(sends, r); return nil }
		slots := make(chan slot, n)
		for i := range n {
			slots <- slot{int64(i), time.Duration(i) * time.Millisecond}
		}
		close(slots)
		if err := w.work(t.Context(), slots, func() {}); err != nil {
			t.Fatal(err)
		}
	})
	if s.closed {
		t.Error("the client was closed, though brokers may still ask it how a transaction ended")
	}
	if (&steady{workers: []*worker{{sender: s}}}).Close(); !s.closed {
		t.Error("the client was left open")
	}
	return sends
}

func TestARetryIsAnAttemptOfItsOwn(t *testing.T) {
	s := &script{results: []result{
		{outcome: history.OK, status: "SEND_OK", offset: 5}, {outcome: history.Unknown, status: "TIMEOUT", offset: -1, detail: "request timeout"},
		{outcome: history.Failed, status: "NO_ROUTE", offset: -1}, {outcome: history.OK, status: "SEND_OK", offset: 6},
	}}
	sends := records(t, settings(), s, 2)
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
	sends := records(t, settings(), &script{results: []result{no, no, no}}, 2)
	if len(sends) != 4 || sends[3].Retry || sends[3].Outcome != history.OK {
		t.Errorf("%d attempts", len(sends))
	}
}

func TestARecordThatCannotBeWrittenEndsTheLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("no space left")
		r := Run{Record: func(*history.Send) error { return full }}
		if err := newSteady(settings(), r, func(string) sender { return &script{} }).Run(t.Context(), time.Now()); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
	})
}

func TestADeadGroupDoesNotStopTheLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		var mu sync.Mutex
		perGroup := map[string]int{}
		r := Run{Record: func(r *history.Send) error {
			mu.Lock()
			defer mu.Unlock()
			perGroup[r.Broker]++
			return nil
		}}
		c := settings()
		producers := 0
		s := newSteady(c, r, func(string) sender {
			if producers++; producers > c.Workers {
				return stuckSender(stuck)
			}
			return &script{}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		context.AfterFunc(ctx, func() { close(stuck) })
		if err := s.Run(ctx, time.Now()); err != nil {
			t.Fatal(err)
		}
		// What waits in the dead group's queue and with its producers is lost to the other.
		if least := int(c.Rate) - 2*c.Workers - 1; perGroup["broker-a"] < least || perGroup["broker-b"] != c.Workers {
			t.Errorf("sent %v in a second at 200/s with broker-b stuck, want %d at least", perGroup, least)
		}
	})
}

type stuckSender chan struct{}

func (s stuckSender) send(context.Context, message) result {
	<-s
	return result{outcome: history.Unknown, status: "TIMEOUT", offset: -1}
}
func (s stuckSender) close() {}

func TestPlacement(t *testing.T) {
	for _, tc := range []agentapi.Traffic{settings().Traffic, {Groups: []string{"a"}, Workers: 3, Queues: 4}, {Groups: []string{"a", "b", "c"}, Workers: 4, Queues: 4, Keys: 100}} {
		steady := newSteady(config{Traffic: tc, run: "run", seed: 3, first: 10}, Run{}, func(string) sender { return nil })
		owner, queueOf, used := map[string]uint32{}, map[string]int32{}, map[string]map[int32]bool{}
		for producer := uint32(10); producer < 10+steady.Producers(); producer++ {
			for seq := range uint64(400) {
				s := steady.Attempt(producer, seq)
				if other, known := owner[s.Key]; known && (other != producer || queueOf[s.Key] != s.Queue) {
					t.Fatalf("key %s is shared, or moves", s.Key)
				}
				owner[s.Key], queueOf[s.Key] = producer, s.Queue
				if used[s.Broker] == nil {
					used[s.Broker] = map[int32]bool{}
				}
				used[s.Broker][s.Queue] = true
			}
		}
		if len(owner) != max(tc.Keys, len(tc.Groups)*tc.Workers) || len(used) != len(tc.Groups) {
			t.Errorf("%d keys, %d groups", len(owner), len(used))
		}
		for group, queues := range used {
			if len(queues) < min(tc.Queues, tc.Workers) {
				t.Errorf("%s uses queues %v of %d", group, queues, tc.Queues)
			}
		}
	}
}

// TestTheSeedDecides is the promise of a seed: the same one gives the same messages at the same times, another does not.
func TestTheSeedDecides(t *testing.T) {
	draws := func(seed uint64) (keys, bodies, times string) {
		c := settings()
		c.seed = seed
		s := &script{}
		for _, r := range records(t, c, s, 40) {
			keys += fmt.Sprint(r.Key, r.Queue, " ")
		}
		for _, body := range s.bodies {
			bodies += string(body)
		}
		plan := newSchedule(c.Rate, len(c.Groups), 1)
		plan.seed = seed
		for n := range int64(40) {
			times += fmt.Sprint(plan.due(n), " ")
		}
		return keys, bodies, times
	}
	keys, bodies, times := draws(1)
	if k, b, d := draws(1); k != keys || b != bodies || d != times {
		t.Error("the same seed gives another load")
	}
	if k, b, d := draws(2); k == keys || b == bodies || d == times {
		t.Errorf("another seed changes nothing of keys %t, bodies %t or times %t", k == keys, b == bodies, d == times)
	}
}

func TestOneMessageInManyIsSentToBeRefused(t *testing.T) {
	c := settings()
	c.Refused, c.RefusedBy = 10, []string{agentapi.RefusedByDelay, agentapi.RefusedByProperties, agentapi.RefusedBySize}
	no := result{outcome: history.Failed, status: "MESSAGE_ILLEGAL", offset: -1}
	sent := &script{refuse: &no}
	refused := 0
	for i, r := range records(t, c, sent, 60) {
		if r.Type != history.Refused {
			if r.Outcome != history.OK {
				t.Errorf("%+v", r)
			}
			continue
		}
		refused++
		if r.Outcome != history.Failed || r.Retry || r.Seq != uint64(i) {
			t.Errorf("%+v", r)
		}
	}
	if refused != 6 || sent.illegal != 6 {
		t.Errorf("%d of 60 were of the type, %d were illegal, want 6", refused, sent.illegal)
	}
}
