package traffic

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	rocketmq "github.com/apache/rocketmq-client-go/v2"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

func TestDelayedMessagesSayWhenTheyAreDue(t *testing.T) {
	c := settings()
	c.Delay, c.kind, c.postpone = 9*time.Second, history.Delay, byLevel
	s := &script{}
	levelled := map[string]int{}
	for i, r := range records(t, c, s, 50) {
		wants := map[string]time.Duration{"1": time.Second, "2": 5 * time.Second}[s.marks[i][1]]
		if s.marks[i][0] != "DELAY" || wants == 0 || r.Due != r.Start+wants || r.Offset != -1 || r.Type != history.Delay {
			t.Errorf("%v: %+v", s.marks[i], r)
		}
		levelled[s.marks[i][1]]++
	}
	if len(levelled) != 2 {
		t.Errorf("of the levels up to 9 s: %v", levelled)
	}
}

func TestTimedMessagesAreDueAtTheirTime(t *testing.T) {
	c := settings()
	c.Delay, c.kind, c.postpone = 4*time.Second, history.Timer, atTime
	s := &script{}
	seen := map[time.Duration]bool{}
	for i, r := range records(t, c, s, 50) {
		ahead := r.Due - r.Start
		if s.marks[i][0] != "TIMER_DELIVER_MS" || ahead < time.Second-time.Millisecond || ahead > 4*time.Second || r.Offset != -1 || r.Type != history.Timer {
			t.Errorf("%v: %+v", s.marks[i], r)
		}
		seen[ahead] = true
	}
	if len(seen) < 40 {
		t.Errorf("%d different delays of 50", len(seen))
	}
}

// TestADelayedMessageIsOneToABroker sends one by level through the client library: a fake broker keeps it for a second.
func TestADelayedMessageIsOneToABroker(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	b := fakemq.NewBroker(t, "broker-a", 0, ns)
	b.CreateTopic("t", 1)
	l, _ := newLibraryClient(t, ns)
	if r := l.send(t.Context(), message{topic: "t", group: "broker-a", body: []byte("x"), property: [2]string{"DELAY", "1"}}); r.outcome != history.OK {
		t.Fatalf("%+v", r)
	}
	for b.Stored("t") == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	if kept := b.Delayed(); !slices.Equal(kept, []time.Duration{time.Second}) {
		t.Errorf("the broker kept %v, want one message for a second", kept)
	}
}

// TestTransactionsEndAsTheSeedSays runs the client library against a fake broker, which asks about those that are left open.
func TestTransactionsEndAsTheSeedSays(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	b := fakemq.NewBroker(t, "broker-a", 0, ns)
	b.CreateTopic("t", 2)
	resolver, err := cluster.NewResolver(ns.Address())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	types := map[string]int{}
	ctx, stop := context.WithCancel(t.Context())
	run := Run{ID: "run", Seed: 3, Clients: Clients{Resolver: resolver, Recreated: &atomic.Int64{}}, Late: func(time.Duration) {}}
	run.Record = func(r *history.Send) error {
		mu.Lock()
		defer mu.Unlock()
		types[r.Type]++
		if rolledBack := r.Type == history.Rollback; rolledBack != (r.Outcome == history.Failed) || rolledBack != (r.Status == statusRolledBack) || r.Offset != -1 {
			t.Errorf("%+v", *r)
		}
		if types[history.Commit]+types[history.Checked]+types[history.Rollback] == 60 {
			stop()
		}
		return nil
	}
	made, err := Make(run, agentapi.Traffic{Kind: agentapi.KindTransaction, Topic: "t", Groups: []string{"broker-a"}, Workers: 2, Queues: 2, Rate: 200, BodyBytes: 64}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	if err := made.Run(ctx, time.Now()); err != nil {
		t.Fatal(err)
	}
	want := types[history.Commit] + types[history.Checked]
	for range 500 {
		if b.Stored("t") == want {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if b.Stored("t") != want || types[history.Checked] == 0 || types[history.Rollback] == 0 {
		t.Errorf("%v sent, %d stored", types, b.Stored("t"))
	}
}

// ended counts how often a producer was shut down.
type ended struct {
	rocketmq.TransactionProducer
	times int
}

func (e *ended) Shutdown() error {
	e.times++
	return nil
}

// TestAReplacedProducerOfTransactionsAnswersStill: a broker may ask it until the run is over.
func TestAReplacedProducerOfTransactionsAnswersStill(t *testing.T) {
	first, second := &ended{}, &ended{}
	l := &libraryClient{listener: endings{}, transactions: first}
	l.replace()
	if l.transactions != nil || first.times != 0 {
		t.Errorf("%+v, ended %d times", l.transactions, first.times)
	}
	l.transactions = second
	l.close()
	l.close()
	if first.times != 1 || second.times != 1 {
		t.Errorf("ended %d and %d times", first.times, second.times)
	}
}
