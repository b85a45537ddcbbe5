package probe

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

const (
	interval = 10 * time.Millisecond
	deadline = 200 * time.Millisecond
)

// watch runs a probe of broker-a while do happens, and gives what it recorded.
func watch(t *testing.T, names []*fakemq.NameServer, do func(since func() time.Duration)) []*history.Probe {
	t.Helper()
	var list []string
	for _, n := range names {
		list = append(list, n.Address())
	}
	resolver, err := cluster.NewResolver(strings.Join(list, ";"))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var probes []*history.Probe
	record := func(p *history.Probe) error {
		mu.Lock()
		defer mu.Unlock()
		probes = append(probes, p)
		return nil
	}
	client := &remoting.Client{}
	t.Cleanup(client.Close)
	c := Config{Group: "broker-a", Topic: "p", Interval: interval, Deadline: deadline, Body: []byte("x")}
	p := New(c, &Routes{Client: client, Resolver: resolver, Topic: "p"}, record)
	ctx, cancel := context.WithCancel(t.Context())
	zero := time.Now()
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx, zero) }()
	do(func() time.Duration { return time.Since(zero) })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	return probes
}

// outage is from the last success before a moment to the first after it.
func outage(probes []*history.Probe, at time.Duration) (from, to time.Duration) {
	to = -1
	for _, p := range probes {
		if p.Outcome != history.OK {
			continue
		}
		if p.Start <= at {
			from = max(from, p.Start)
		} else if to < 0 || p.End < to {
			to = p.End
		}
	}
	return from, to
}

func TestAHealthyGroupIsProbedAtThePace(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	fakemq.NewBroker(t, "broker-a", 0, ns).CreateTopic("p", 1)
	probes := watch(t, []*fakemq.NameServer{ns}, func(func() time.Duration) { time.Sleep(500 * time.Millisecond) })
	if len(probes) < 30 {
		t.Errorf("%d probes in 500ms", len(probes))
	}
	for _, p := range probes {
		if p.Outcome != history.OK || p.Broker != "broker-a" || p.End < p.Start {
			t.Errorf("%+v", p)
		}
		if p.Start%interval != 0 {
			t.Errorf("the probe of %s is off the run's grid, on which all groups' probes meet", p.Start)
		}
	}
}

func TestAKilledMasterIsSeenAndItsReturnToo(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	b := fakemq.NewBroker(t, "broker-a", 0, ns)
	b.CreateTopic("p", 1)
	var killed, back time.Duration
	probes := watch(t, []*fakemq.NameServer{ns}, func(since func() time.Duration) {
		time.Sleep(200 * time.Millisecond)
		killed = since()
		b.Close()
		time.Sleep(300 * time.Millisecond)
		b.Listen()
		back = since()
		time.Sleep(300 * time.Millisecond)
	})
	from, to := outage(probes, (killed+back)/2)
	if killed-from > 5*interval || to < back-interval || to-back > 5*interval {
		t.Errorf("down %s to %s, measured %s to %s", killed, back, from, to)
	}
}

func TestAMasterThatMovedIsFoundBehindAStaleRoute(t *testing.T) {
	stale, fresh := fakemq.NewNameServer(t), fakemq.NewNameServer(t)
	old := fakemq.NewBroker(t, "broker-a", 0, stale, fresh)
	old.CreateTopic("p", 1)
	var moved time.Duration
	probes := watch(t, []*fakemq.NameServer{stale, fresh}, func(since func() time.Duration) {
		time.Sleep(200 * time.Millisecond)
		old.Silent(true) // its address answers no more, and no connection breaks
		fresh.Unregister("broker-a", 0)
		time.Sleep(300 * time.Millisecond)
		b := fakemq.NewBroker(t, "broker-a", 0, fresh) // the other NameServer goes on to tell the old address
		b.CreateTopic("p", 1)
		moved = since()
		time.Sleep(500 * time.Millisecond)
	})
	_, to := outage(probes, moved)
	if to < 0 || to-moved > askAgain+10*interval {
		t.Errorf("it was there at %s, and found at %s", moved, to)
	}
}

func TestAHalfOpenConnectionIsLeftBehind(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	b := fakemq.NewBroker(t, "broker-a", 0, ns)
	b.CreateTopic("p", 1)
	var back time.Duration
	probes := watch(t, []*fakemq.NameServer{ns}, func(since func() time.Duration) {
		time.Sleep(200 * time.Millisecond)
		b.Silent(true)
		time.Sleep(600 * time.Millisecond)
		b.Silent(false) // connections that were asked meanwhile stay silent for those requests
		back = since()
		time.Sleep(300 * time.Millisecond)
	})
	_, to := outage(probes, back)
	if to < 0 || to-back > 10*interval {
		t.Errorf("it answered again at %s, and that was seen at %s", back, to)
	}
	timeouts := 0
	for _, p := range probes {
		if p.Outcome == history.Unknown {
			timeouts++
		}
		if took := p.End - p.Start; took > deadline+200*time.Millisecond {
			t.Errorf("a probe took %s", took)
		}
	}
	if timeouts < 20 {
		t.Errorf("%d probes timed out in 600ms: they wait for each other", timeouts)
	}
}

func TestAnotherBrokerAtAStaleAddressIsNoSuccess(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	other := fakemq.NewBroker(t, "broker-b", 0)
	ns.Register("broker-a", 0, other.Address())
	ns.Topic("p", "broker-a", 1)
	probes := watch(t, []*fakemq.NameServer{ns}, func(func() time.Duration) { time.Sleep(200 * time.Millisecond) })
	if len(probes) == 0 {
		t.Fatal("nothing was probed")
	}
	for _, p := range probes {
		if p.Outcome != history.Failed || p.Status != "TOPIC_NOT_EXIST" {
			t.Errorf("%+v", p)
		}
	}
}

func TestTicksThatThisProcessMissedAreNoOutage(t *testing.T) {
	p := New(Config{Interval: interval}, nil, nil)
	due := time.Now().Add(-105 * time.Millisecond)
	if next := p.late(due); time.Since(next) > interval || p.skipped != 10 {
		t.Errorf("next %s ago, %d skipped", time.Since(next), p.skipped)
	}
	var r history.Probe
	if p.explain(&r, answer{outcome: history.OK}); r.Skipped != 10 {
		t.Errorf("the next record says %d", r.Skipped)
	}
}

func TestNoRouteIsAFailure(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	probes := watch(t, []*fakemq.NameServer{ns}, func(func() time.Duration) { time.Sleep(askWithin + 100*time.Millisecond) })
	if len(probes) == 0 || probes[0].Outcome != history.Failed || probes[0].Status != "NO_ROUTE" {
		t.Errorf("%d probes", len(probes))
	}
}
