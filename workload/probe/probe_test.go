package probe

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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

// group is broker-a behind NameServers, on a network and with a clock of its own.
type group struct {
	network *fakemq.Network
	names   []*fakemq.NameServer
	broker  *fakemq.Broker
}

// probing runs a probe of broker-a while do happens, and gives what it recorded. Times are exact: nothing else takes any.
func probing(t *testing.T, nameServers int, do func(g *group, since func() time.Duration)) (probes []*history.Probe) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := &group{network: &fakemq.Network{}}
		var list []string
		for range nameServers {
			n := g.network.NewNameServer(t)
			g.names, list = append(g.names, n), append(list, n.Address())
		}
		g.broker = g.network.NewBroker(t, "broker-a", 0, g.names...)
		g.broker.CreateTopic("p", 1)
		resolver, err := cluster.NewResolver(strings.Join(list, ";"))
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		record := func(p *history.Probe) error {
			mu.Lock()
			defer mu.Unlock()
			probes = append(probes, p)
			return nil
		}
		client := &remoting.Client{Dialer: g.network.Dial}
		defer client.Close()
		c := Config{Group: "broker-a", Topic: "p", Interval: interval, Deadline: deadline, Body: []byte("x"), Dialer: g.network.Dial}
		p := New(c, &Routes{Client: client, Resolver: resolver, Topic: "p"}, record)
		ctx, cancel := context.WithCancel(t.Context())
		zero := time.Now()
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx, zero) }()
		do(g, func() time.Duration { return time.Since(zero) })
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
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
	probes := probing(t, 1, func(*group, func() time.Duration) { time.Sleep(500*time.Millisecond + interval/2) })
	if len(probes) != 49 { // the first two ticks pass while the route is asked for
		t.Errorf("%d probes in 500ms", len(probes))
	}
	for _, p := range probes {
		if p.Outcome != history.OK || p.Broker != "broker-a" || p.End != p.Start {
			t.Errorf("%+v", p)
		}
		if p.Start%interval != 0 {
			t.Errorf("the probe of %s is off the run's grid, on which all groups' probes meet", p.Start)
		}
	}
}

func TestAKilledMasterIsSeenAndItsReturnToo(t *testing.T) {
	var killed, back time.Duration
	probes := probing(t, 1, func(g *group, since func() time.Duration) {
		time.Sleep(205 * time.Millisecond)
		killed = since()
		g.broker.Close()
		time.Sleep(300 * time.Millisecond)
		g.broker.Listen()
		back = since()
		time.Sleep(300 * time.Millisecond)
	})
	from, to := outage(probes, (killed+back)/2)
	if killed-from > interval || to < back || to-back > interval {
		t.Errorf("down %s to %s, measured %s to %s", killed, back, from, to)
	}
}

func TestAMasterThatMovedIsFoundBehindAStaleRoute(t *testing.T) {
	var moved time.Duration
	probes := probing(t, 2, func(g *group, since func() time.Duration) {
		fresh := g.names[1]
		time.Sleep(205 * time.Millisecond)
		g.broker.Silent(true) // its address answers no more, and no connection breaks
		fresh.Unregister("broker-a", 0)
		time.Sleep(600 * time.Millisecond)
		b := g.network.NewBroker(g.broker.T(), "broker-a", 0, fresh) // the other NameServer goes on to tell the old address
		b.CreateTopic("p", 1)
		moved = since()
		time.Sleep(500 * time.Millisecond)
	})
	_, to := outage(probes, moved)
	if to < 0 || to-moved > askAgain+2*interval {
		t.Errorf("it was there at %s, and found at %s", moved, to)
	}
}

func TestAnElectedMasterIsFoundThoughTheOldOneStillAnswers(t *testing.T) {
	var elected time.Duration
	probes := probing(t, 1, func(g *group, since func() time.Duration) {
		time.Sleep(205 * time.Millisecond)
		g.broker.Set(func(b *fakemq.Broker) { b.SendCode = remoting.ServiceNotAvailable }) // it is a slave now
		g.names[0].Register("broker-a", 2, g.broker.Address())
		b := g.network.NewBroker(g.broker.T(), "broker-a", 0, g.names[0])
		b.CreateTopic("p", 1)
		elected = since()
		time.Sleep(500 * time.Millisecond)
	})
	_, to := outage(probes, elected)
	if to < 0 || to-elected > askAgain+2*interval {
		t.Errorf("elected at %s, found at %s", elected, to)
	}
}

func TestAHalfOpenConnectionIsLeftBehind(t *testing.T) {
	var back time.Duration
	probes := probing(t, 1, func(g *group, since func() time.Duration) {
		time.Sleep(205 * time.Millisecond)
		g.broker.Silent(true)
		time.Sleep(600 * time.Millisecond)
		g.broker.Silent(false) // connections that were asked meanwhile stay silent for those requests
		back = since()
		time.Sleep(300 * time.Millisecond)
	})
	_, to := outage(probes, back)
	if to < 0 || to-back > interval {
		t.Errorf("it answered again at %s, and that was seen at %s", back, to)
	}
	timeouts := 0
	for _, p := range probes {
		if p.Outcome == history.Unknown {
			timeouts++
		}
		if took := p.End - p.Start; took > deadline {
			t.Errorf("a probe took %s", took)
		}
	}
	if timeouts != 60 {
		t.Errorf("%d probes timed out in 600ms: they wait for each other", timeouts)
	}
}

func TestAnotherBrokerAtAStaleAddressIsNoSuccess(t *testing.T) {
	probes := probing(t, 1, func(g *group, _ func() time.Duration) {
		other := g.network.NewBroker(g.broker.T(), "broker-b", 0)
		g.names[0].Register("broker-a", 0, other.Address())
		time.Sleep(200 * time.Millisecond)
	})
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
	synctest.Test(t, func(t *testing.T) {
		p := New(Config{Interval: interval}, nil, nil)
		due := time.Now().Add(-105 * time.Millisecond)
		if next := p.late(due); time.Since(next) != interval/2 || p.skipped != 10 {
			t.Errorf("next %s ago, %d skipped", time.Since(next), p.skipped)
		}
		var r history.Probe
		if p.explain(&r, answer{outcome: history.OK}); r.Skipped != 10 {
			t.Errorf("the next record says %d", r.Skipped)
		}
	})
}

func TestNoRouteIsAFailure(t *testing.T) {
	probes := probing(t, 1, func(g *group, _ func() time.Duration) {
		g.names[0].Unregister("broker-a", 0)
		time.Sleep(askWithin + 5*interval)
	})
	if len(probes) == 0 || probes[0].Outcome != history.Failed || probes[0].Status != "NO_ROUTE" {
		t.Errorf("%d probes", len(probes))
	}
}
