package scan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
	"github.com/rmqproof/rmqproof/workload/payload"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

type testCluster struct {
	network *fakemq.Network
	ns      *fakemq.NameServer
	a, b    *fakemq.Broker
}

// within runs a test on a network and with a clock of its own, over two masters with a topic of two queues, n messages
// in each.
func within(t *testing.T, n int, test func(*testing.T, testCluster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := testCluster{network: &fakemq.Network{}}
		c.ns = c.network.NewNameServer(t)
		c.a, c.b = c.network.NewBroker(t, "broker-a", 0, c.ns), c.network.NewBroker(t, "broker-b", 0, c.ns)
		seq := uint64(0)
		for _, b := range []*fakemq.Broker{c.a, c.b} {
			b.CreateTopic("t", 2)
			for queue := range 2 {
				for range n {
					b.Store("t", queue, fakemq.Message{Body: payload.Encode(payload.ID{Run: "run", Producer: 1, Seq: seq}, 0, 0)})
					seq++
				}
			}
		}
		test(t, c)
	})
}

func (c testCluster) scanner(t *testing.T, record func(history.Record) error) *Scanner {
	t.Helper()
	v, err := cluster.New(c.ns.Address())
	if err != nil {
		t.Fatal(err)
	}
	v.Client.Dialer = c.network.Dial
	t.Cleanup(v.Client.Close)
	return &Scanner{
		Config:  Config{Topic: "t", Groups: []string{"broker-a", "broker-b"}, Queues: 2, RunID: "run", Patience: time.Second},
		Cluster: v, Since: func() time.Duration { return 1 }, Record: record,
	}
}

// scanned gives found messages, and the scan records as readable lines.
func scanned(t *testing.T, c testCluster) ([]*history.Found, []string) {
	t.Helper()
	var mu sync.Mutex
	var found []*history.Found
	var scans []string
	s := c.scanner(t, func(r history.Record) error {
		mu.Lock()
		defer mu.Unlock()
		switch r := r.(type) {
		case *history.Found:
			found = append(found, r)
		case *history.Scan:
			line := fmt.Sprintf("%s q%d [%d,%d) %t", r.Replica, r.Queue, r.Min, r.Max, r.Complete)
			if len(r.Holes) > 0 {
				line += fmt.Sprint(" without ", r.Holes)
			}
			scans = append(scans, line)
			if !r.Complete && r.Why == "" {
				t.Errorf("%+v is incomplete without a reason", r)
			}
		}
		return nil
	})
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	slices.Sort(scans)
	return found, scans
}

// want compares scan records; one that stands for both queues of both masters has no queue.
func want(t *testing.T, scans []string, lines ...string) {
	t.Helper()
	if !slices.Equal(scans, lines) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(scans, "\n"), strings.Join(lines, "\n"))
	}
}

func TestEverythingIsFoundOnceAtItsPlace(t *testing.T) {
	within(t, 10, func(t *testing.T, c testCluster) {
		found, scans := scanned(t, c)
		want(t, scans, "broker-a/0 q0 [0,10) true", "broker-a/0 q1 [0,10) true", "broker-b/0 q0 [0,10) true", "broker-b/0 q1 [0,10) true")
		seen := map[uint64]bool{}
		for _, f := range found {
			if seen[f.Seq] || !f.Intact || f.Producer != 1 || f.Misplaced || uint64(f.Offset) != f.Seq%10 {
				t.Errorf("%+v", f)
			}
			seen[f.Seq] = true
		}
		if len(seen) != 40 {
			t.Errorf("%d found", len(seen))
		}
	})
}

func TestALostTopicIsALossAndNoExcuse(t *testing.T) {
	within(t, 3, func(t *testing.T, c testCluster) {
		c.b.DropTopic("t")
		_, scans := scanned(t, c)
		want(t, scans, "broker-a/0 q0 [0,3) true", "broker-a/0 q1 [0,3) true", "broker-b/0 q0 [0,0) true", "broker-b/0 q1 [0,0) true")
	})
}

func TestALostQueueIsALoss(t *testing.T) {
	within(t, 3, func(t *testing.T, c testCluster) {
		c.b.DropTopic("t")
		c.b.CreateTopic("t", 1)
		_, scans := scanned(t, c)
		want(t, scans, "broker-a/0 q0 [0,3) true", "broker-a/0 q1 [0,3) true", "broker-b/0 q0 [0,0) true", "broker-b/0 q1 [0,0) true")
	})
}

func TestAMasterThatIsAwayLeavesTheScanIncomplete(t *testing.T) {
	for name, away := range map[string]func(testCluster){
		"killed":       func(c testCluster) { c.b.Close() },
		"silent":       func(c testCluster) { c.b.Silent(true) },
		"unregistered": func(c testCluster) { c.ns.Unregister("broker-b", 0) },
		"another broker at its address": func(c testCluster) {
			c.b.Close()
			c.ns.Register("broker-b", 0, c.a.Address())
		},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, 3, func(t *testing.T, c testCluster) {
				away(c)
				_, scans := scanned(t, c)
				want(t, scans, "broker-a/0 q0 [0,3) true", "broker-a/0 q1 [0,3) true", "broker-b/0 q0 [0,0) false", "broker-b/0 q1 [0,0) false")
			})
		})
	}
}

func TestNoNameServerLeavesEverythingIncomplete(t *testing.T) {
	within(t, 3, func(t *testing.T, c testCluster) {
		c.ns.Close()
		found, scans := scanned(t, c)
		want(t, scans, "broker-a/0 q0 [0,0) false", "broker-a/0 q1 [0,0) false", "broker-b/0 q0 [0,0) false", "broker-b/0 q1 [0,0) false")
		if len(found) > 0 {
			t.Errorf("%d found", len(found))
		}
	})
}

func TestAMasterThatDiesInTheMiddleAndReturnsIsReadOn(t *testing.T) {
	within(t, 60, func(t *testing.T, c testCluster) {
		c.b.Delay(5 * time.Millisecond)
		time.AfterFunc(60*time.Millisecond, c.b.Close)
		time.AfterFunc(300*time.Millisecond, c.b.Listen)
		found, scans := scanned(t, c)
		want(t, scans, "broker-a/0 q0 [0,60) true", "broker-a/0 q1 [0,60) true", "broker-b/0 q0 [0,60) true", "broker-b/0 q1 [0,60) true")
		if len(found) != 240 {
			t.Errorf("%d found, none may come twice", len(found))
		}
	})
}

func TestAConsumeQueueThatIsBehindIsWaitedFor(t *testing.T) {
	within(t, 5, func(t *testing.T, c testCluster) {
		c.a.Set(func(b *fakemq.Broker) { b.Hidden = 2 })
		time.AfterFunc(300*time.Millisecond, func() { c.a.Set(func(b *fakemq.Broker) { b.Hidden = 0 }) })
		_, scans := scanned(t, c)
		want(t, scans, "broker-a/0 q0 [0,5) true", "broker-a/0 q1 [0,5) true", "broker-b/0 q0 [0,5) true", "broker-b/0 q1 [0,5) true")
		c.a.Set(func(b *fakemq.Broker) { b.Hidden = 2 })
		_, scans = scanned(t, c)
		want(t, scans, "broker-a/0 q0 [0,3) false", "broker-a/0 q1 [0,3) false", "broker-b/0 q0 [0,5) true", "broker-b/0 q1 [0,5) true")
	})
}

func TestALogThatIsNotDispatchedLeavesTheScanIncomplete(t *testing.T) {
	within(t, 2, func(t *testing.T, c testCluster) {
		c.b.Set(func(b *fakemq.Broker) { b.Behind = 100 })
		_, scans := scanned(t, c)
		want(t, scans, "broker-a/0 q0 [0,2) true", "broker-a/0 q1 [0,2) true", "broker-b/0 q0 [0,2) false", "broker-b/0 q1 [0,2) false")
	})
}

func TestForeignAndDamagedBodiesAreNotIntact(t *testing.T) {
	within(t, 0, func(t *testing.T, c testCluster) {
		damaged := payload.Encode(payload.ID{Run: "run", Producer: 1, Seq: 7}, 0, 0)
		damaged[len(damaged)-1] ^= 1
		c.a.Store("t", 0, fakemq.Message{Body: damaged})
		c.a.Store("t", 0, fakemq.Message{Body: payload.Encode(payload.ID{Run: "another", Seq: 8}, 0, 0)})
		c.a.Store("t", 0, fakemq.Message{Body: []byte("ready?")})
		found, _ := scanned(t, c)
		if len(found) != 3 {
			t.Fatalf("%d found", len(found))
		}
		for _, f := range found {
			if f.Intact {
				t.Errorf("%+v is intact", f)
			}
		}
	})
}

func TestAScanThatCannotBeRecordedFails(t *testing.T) {
	within(t, 1, func(t *testing.T, c testCluster) {
		full := errors.New("no space left")
		if err := c.scanner(t, func(history.Record) error { return full }).Run(t.Context()); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
	})
}

// sent is an ordinary message as a producer sends it.
func sent(seq uint64) remoting.Message {
	return remoting.Message{Topic: "t", Body: payload.Encode(payload.ID{Run: "run", Producer: 9, Seq: seq}, 0, 0)}
}
