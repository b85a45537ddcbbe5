package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

func newView(t *testing.T, names ...*fakemq.NameServer) *View {
	t.Helper()
	var addresses []string
	for _, n := range names {
		addresses = append(addresses, n.Address())
	}
	d, err := New(strings.Join(addresses, ";"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Client.Close)
	return d
}

func TestBrokersOfTwoGroups(t *testing.T) {
	ns1, ns2 := fakemq.NewNameServer(t), fakemq.NewNameServer(t)
	master := fakemq.NewBroker(t, "broker-a", 0, ns1, ns2)
	fakemq.NewBroker(t, "broker-a", 1, ns2).Set(func(b *fakemq.Broker) {
		b.HA = `{"master":false,"haConnectionInfo":[],"haClientRuntimeInfo":{"masterAddr":"127.0.0.1:1","maxOffset":900}}`
	})
	master.Set(func(b *fakemq.Broker) {
		b.HA = `{"master":true,"masterCommitLogMaxOffset":1000,"haConnectionInfo":[{"addr":"127.0.0.1:5","slaveAckOffset":900,"diff":100,"inSync":true}]}`
	})
	other := fakemq.NewBroker(t, "broker-b", 0, ns1)
	other.Set(func(b *fakemq.Broker) { b.HA = `{"master":true,"masterCommitLogMaxOffset":5}` })
	brokers, err := newView(t, ns1, ns2).Brokers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range brokers {
		got = append(got, fmt.Sprintf("%s/%d %s %s behind %d connected %t %s", b.Group, b.ID, b.Role, b.Version, b.Behind, b.Connected, b.Error))
	}
	want := []string{
		"broker-a/0 master V5_1_0 behind 0 connected true ", "broker-a/1 slave V5_1_0 behind 100 connected true ",
		"broker-b/0 master V5_1_0 behind 0 connected false ",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestASlaveWithoutItsMasterIsNotConnected(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	slave := fakemq.NewBroker(t, "broker-a", 1, ns)
	slave.Set(func(b *fakemq.Broker) {
		b.HA = `{"master":false,"haClientRuntimeInfo":{"masterAddr":"127.0.0.1:1","maxOffset":900,"lastReadTimestamp":1}}`
	})
	brokers, err := newView(t, ns).Brokers(t.Context())
	if err != nil || len(brokers) != 1 {
		t.Fatalf("%+v, %v", brokers, err)
	}
	if b := brokers[0]; b.Connected || b.Behind != -1 || b.Error != "" {
		t.Errorf("%+v", b)
	}
}

func TestAStaleAddressIsHiddenWhereTheBrokerAnswersElsewhere(t *testing.T) {
	ns1, ns2 := fakemq.NewNameServer(t), fakemq.NewNameServer(t)
	ha := func(b *fakemq.Broker) { b.HA = `{"master":true}` }
	old := fakemq.NewBroker(t, "broker-a", 0, ns1)
	old.Close()
	fakemq.NewBroker(t, "broker-a", 0, ns2).Set(ha)
	d := newView(t, ns1, ns2)
	brokers, err := d.Brokers(t.Context())
	if err != nil || len(brokers) != 1 || brokers[0].Error != "" {
		t.Errorf("%+v, %v", brokers, err)
	}
	ns2.Close()
	brokers, err = d.Brokers(t.Context())
	if err != nil || len(brokers) != 1 || brokers[0].Error == "" || brokers[0].Role != agentapi.RoleMaster {
		t.Errorf("with the stale one alone: %+v, %v", brokers, err)
	}
}

func TestAnotherBrokerAtTheAddressIsNoAnswer(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	b := fakemq.NewBroker(t, "broker-b", 0, ns)
	b.Set(func(b *fakemq.Broker) { b.HA = `{"master":true}` })
	ns.Register("broker-a", 0, b.Address())
	brokers, err := newView(t, ns).Brokers(t.Context())
	if err != nil || len(brokers) != 2 {
		t.Fatalf("%+v, %v", brokers, err)
	}
	if !strings.Contains(brokers[0].Error, "broker-b/0 answers there") || brokers[1].Error != "" {
		t.Errorf("%+v", brokers)
	}
}

func TestNameServersThatAreGone(t *testing.T) {
	up, down := fakemq.NewNameServer(t), fakemq.NewNameServer(t)
	fakemq.NewBroker(t, "broker-a", 0, up)
	down.Close()
	d := newView(t, up, down)
	list := d.NameServers(t.Context())
	if len(list) != 2 || list[0].Error != "" || list[0].Brokers != 1 || list[1].Error == "" {
		t.Errorf("%+v", list)
	}
	up.Close()
	if _, err := d.Brokers(t.Context()); err == nil || !strings.Contains(err.Error(), "no NameServer answers") {
		t.Errorf("with none: %v", err)
	}
}

func TestCreateTopicWaitsForEveryNameServer(t *testing.T) {
	ns1, ns2 := fakemq.NewNameServer(t), fakemq.NewNameServer(t)
	a := fakemq.NewBroker(t, "broker-a", 0, ns1, ns2)
	fakemq.NewBroker(t, "broker-b", 0, ns1, ns2)
	d := newView(t, ns1, ns2)
	if err := d.CreateTopicOn(t.Context(), []string{"broker-a", "broker-b"}, remoting.Topic{Name: "t", Read: 4, Write: 4}); err != nil {
		t.Fatal(err)
	}
	a.Set(func(b *fakemq.Broker) { b.Names = b.Names[:1] }) // it tells the second NameServer nothing
	var err error
	for within := 300 * time.Millisecond; within < 5*time.Minute; within *= 4 { // a slow machine may take long to create it at all
		ctx, cancel := context.WithTimeout(t.Context(), within)
		err = d.CreateTopicOn(ctx, []string{"broker-a", "broker-b"}, remoting.Topic{Name: "late", Read: 4, Write: 4})
		cancel()
		if err == nil || strings.Contains(err.Error(), "not on every NameServer") {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "not on every NameServer") {
		t.Errorf("%v", err)
	}
	if err := d.CreateTopicOn(t.Context(), []string{"broker-c"}, remoting.Topic{Name: "t", Write: 1}); err == nil {
		t.Error("a topic was created on a group that is not there")
	}
}

func TestResolver(t *testing.T) {
	for _, list := range []string{"", ";", "host", "a:1;b"} {
		if _, err := NewResolver(list); err == nil {
			t.Errorf("%q was accepted", list)
		}
	}
	r, err := NewResolver(" a:9876 ; b:9876;")
	if err != nil {
		t.Fatal(err)
	}
	ip := "10.0.0.1"
	r.lookup = func(_ context.Context, host string) ([]string, error) {
		if host == "b" {
			return nil, errors.New("no such host")
		}
		return []string{ip}, nil
	}
	got := r.Resolve(t.Context())
	if len(got) != 2 || got[0].Address != "10.0.0.1:9876" || got[1].Err == nil {
		t.Errorf("%+v", got)
	}
	ip = "10.0.0.2"
	r.asked = time.Now().Add(-2 * resolveAgain)
	r.Resolve(t.Context())
	if known := r.Known(); len(known) != 1 || known[0] != "10.0.0.2:9876" {
		t.Errorf("after the pods came back with new addresses: %v", known)
	}
}

// To tell its state costs a broker a tenth of a second of a core and more.
func TestABrokerIsAskedForItsStateOnceAConnection(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	b := fakemq.NewBroker(t, "broker-a", 0, ns)
	v := newView(t, ns)
	asked := func(times int) (states int) {
		for range times {
			list, err := v.Brokers(t.Context())
			if err != nil || len(list) != 1 || list[0].Version != "V5_1_0" {
				t.Fatalf("%+v, %v", list, err)
			}
		}
		b.Set(func(b *fakemq.Broker) { states = b.States })
		return states
	}
	if n := asked(5); n != 1 {
		t.Errorf("asked %d times on one connection", n)
	}
	b.Close() // as when the process is another one
	b.Listen()
	if n := asked(5); n != 2 {
		t.Errorf("asked %d times on two connections", n)
	}
}
