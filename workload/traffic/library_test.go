package traffic

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
	"github.com/rmqproof/rmqproof/workload/payload"
)

// newLibraryClient is the real library against fakes.
func newLibraryClient(t *testing.T, ns *fakemq.NameServer) (*libraryClient, *atomic.Int64) {
	t.Helper()
	resolver, err := cluster.NewResolver(ns.Address())
	if err != nil {
		t.Fatal(err)
	}
	recreated := &atomic.Int64{}
	l := &libraryClient{clients: Clients{Resolver: resolver, Recreated: recreated}, name: t.Name()}
	t.Cleanup(l.close)
	return l, recreated
}

func sendTo(t *testing.T, l *libraryClient, queue int) result {
	t.Helper()
	return l.send(t.Context(), message{topic: "t", group: "broker-a", key: "k1", queue: queue, body: payload.Encode(payload.ID{Run: "r"}, 8000, 0)})
}

func TestTheLibrarySendsWhereItIsTold(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	a, b := fakemq.NewBroker(t, "broker-a", 0, ns), fakemq.NewBroker(t, "broker-b", 0, ns)
	a.CreateTopic("t", 4)
	b.CreateTopic("t", 4)
	l, _ := newLibraryClient(t, ns)
	for want := range int64(3) {
		if r := sendTo(t, l, 2); r.outcome != history.OK || r.offset != want {
			t.Errorf("%+v", r)
		}
	}
	if a.Stored("t") != 3 || b.Stored("t") != 0 {
		t.Errorf("stored %d and %d", a.Stored("t"), b.Stored("t"))
	}
}

func TestTheLibrarysAnswersAreClassified(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	b := fakemq.NewBroker(t, "broker-a", 0, ns)
	b.CreateTopic("t", 1)
	l, _ := newLibraryClient(t, ns)
	for _, tc := range []struct {
		change  func(*fakemq.Broker)
		outcome history.Outcome
		status  string
	}{
		{func(b *fakemq.Broker) { b.After = 12 }, history.Unknown, "FLUSH_SLAVE_TIMEOUT"},
		{func(b *fakemq.Broker) { b.After = 10 }, history.Unknown, "FLUSH_DISK_TIMEOUT"},
		{func(b *fakemq.Broker) { b.After, b.SendCode = 0, 16 }, history.Failed, "NO_PERMISSION"},
		{func(b *fakemq.Broker) { b.SendCode = 1 }, history.Unknown, "SYSTEM_ERROR"},
		{func(b *fakemq.Broker) { b.SendCode = 0 }, history.OK, "SEND_OK"},
	} {
		b.Set(tc.change)
		if r := sendTo(t, l, 0); r.outcome != tc.outcome || r.status != tc.status {
			t.Errorf("%+v, want %v %s", r, tc.outcome, tc.status)
		}
	}
	b.DropTopic("t")
	if r := sendTo(t, l, 0); r.outcome != history.Failed || r.status != "TOPIC_NOT_EXIST" || b.Stored("t") != 0 {
		t.Errorf("a lost topic: %+v", r)
	}
}

func TestAClientWithAStaleRouteIsReplaced(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	old := fakemq.NewBroker(t, "broker-a", 0, ns)
	old.CreateTopic("t", 1)
	l, recreated := newLibraryClient(t, ns)
	if r := sendTo(t, l, 0); r.outcome != history.OK {
		t.Fatalf("%+v", r)
	}
	for range 5 { // soon after its start the library asks for routes once more, and may find the new address by itself
		old.Close()
		old = fakemq.NewBroker(t, "broker-a", 0, ns) // at another address
		old.CreateTopic("t", 1)
		if !sendUntilTaken(t, l) {
			t.Fatal("it never found the new master")
		}
		if recreated.Load() > 0 {
			return
		}
	}
	t.Error("it recovered by itself each time: this test tests nothing")
}

// sendUntilTaken sends so often that the library alone would have learnt an address, which it asks for every 30 s.
func sendUntilTaken(t *testing.T, l *libraryClient) bool {
	t.Helper()
	for range 300 {
		if r := sendTo(t, l, 0); r.outcome == history.OK {
			return true
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}

func TestAHalfOpenConnectionOfTheLibraryIsReplaced(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	b := fakemq.NewBroker(t, "broker-a", 0, ns)
	b.CreateTopic("t", 1)
	l, recreated := newLibraryClient(t, ns)
	b.Silent(true)
	for range 2 {
		if r := sendTo(t, l, 0); r.outcome != history.Unknown || r.status != "TIMEOUT" {
			t.Errorf("%+v", r)
		}
	}
	b.Silent(false)
	if r := sendTo(t, l, 0); r.outcome != history.OK || recreated.Load() != 1 {
		t.Errorf("%+v after %d new clients", r, recreated.Load())
	}
}

func TestNoNameServerIsADefiniteFailure(t *testing.T) {
	resolver, err := cluster.NewResolver("does-not-exist.invalid:9876")
	if err != nil {
		t.Fatal(err)
	}
	l := &libraryClient{clients: Clients{Resolver: resolver, Recreated: &atomic.Int64{}}, name: t.Name()}
	if r := sendTo(t, l, 0); r.outcome != history.Failed || r.status != statusNoClient {
		t.Errorf("%+v", r)
	}
}
