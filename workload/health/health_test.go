package health

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func self(b *fakemq.Broker, names string) Self {
	return Self{Group: b.Group, NameServers: names, Address: b.Address(), IPs: []string{"127.0.0.1"}}
}

func TestLive(t *testing.T) {
	b := fakemq.NewBroker(t, "broker-a", 0)
	if err := Live(within(t, 30*time.Second), b.Address()); err != nil {
		t.Error(err)
	}
	b.Silent(true)
	if Live(within(t, 200*time.Millisecond), b.Address()) == nil {
		t.Error("a broker that does not answer is live")
	}
	b.Close()
	if Live(within(t, 200*time.Millisecond), b.Address()) == nil {
		t.Error("a broker that is gone is live")
	}
}

func TestAMasterIsReadyWhenItAcknowledges(t *testing.T) {
	ns, other := fakemq.NewNameServer(t), fakemq.NewNameServer(t)
	b := fakemq.NewBroker(t, "broker-a", 0, ns)
	me := self(b, ns.Address()+";"+other.Address())
	for range 2 { // the second time with its topic there
		if err := Ready(within(t, 30*time.Second), me); err != nil {
			t.Error(err)
		}
	}
	if b.Stored(TopicPrefix+"broker-a") != 2 {
		t.Errorf("%d messages stored", b.Stored(TopicPrefix+"broker-a"))
	}
	for name, tc := range map[string]struct {
		change func(*fakemq.Broker)
		says   string
	}{
		"no slave":  {func(b *fakemq.Broker) { b.After, b.SendCode = 12, 0 }, "FLUSH_SLAVE_TIMEOUT"},
		"read only": {func(b *fakemq.Broker) { b.After, b.SendCode = 0, 16 }, "NO_PERMISSION"},
	} {
		b.Set(tc.change)
		if err := Ready(within(t, 30*time.Second), me); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.Set(func(b *fakemq.Broker) { b.After, b.SendCode = 0, 0 })
	ns.Register("broker-a", 0, "10.9.9.9:10911")
	if err := Ready(within(t, 30*time.Second), me); err == nil || !strings.Contains(err.Error(), "not registered") {
		t.Errorf("registered elsewhere: %v", err)
	}
	ns.Close()
	other.Close()
	if err := Ready(within(t, 30*time.Second), me); err == nil || !strings.Contains(err.Error(), "no NameServer answers") {
		t.Errorf("without NameServers: %v", err)
	}
}

func TestASlaveIsReadyWhenItReplicates(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	slave := fakemq.NewBroker(t, "broker-a", 1, ns)
	me := self(slave, ns.Address())
	if err := Ready(within(t, 30*time.Second), me); err != nil {
		t.Errorf("without a master: %v", err)
	}
	master := fakemq.NewBroker(t, "broker-a", 0, ns)
	for ha, ready := range map[string]bool{
		`{"master":true,"haConnectionInfo":[]}`:                           false,
		`{"master":true,"haConnectionInfo":[{"addr":"10.0.0.7:5"}]}`:      false,
		`{"master":true,"haConnectionInfo":[{"addr":"127.0.0.1:50000"}]}`: true,
	} {
		master.Set(func(b *fakemq.Broker) { b.HA = ha })
		if err := Ready(within(t, 30*time.Second), me); (err == nil) != ready {
			t.Errorf("%s: %v", ha, err)
		}
	}
	master.Close()
	if err := Ready(within(t, 30*time.Second), me); err != nil {
		t.Errorf("with a dead master: %v", err)
	}
	master.Listen()
	master.Silent(true)
	if err := Ready(within(t, 30*time.Second), me); err != nil {
		t.Errorf("with a silent master: %v", err)
	}
}

func TestAnElectedBrokerIsAskedForItsRoleEachTime(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	b, other := fakemq.NewBroker(t, "broker-a", 2, ns), fakemq.NewBroker(t, "broker-a", 0, ns)
	controlled := map[string]string{"enableControllerMode": "true"}
	b.Set(func(b *fakemq.Broker) { b.Config = controlled })
	me := self(b, ns.Address())
	for ha, says := range map[string]string{
		`{"master":true,"haConnectionInfo":[{"addr":"127.0.0.1:5","inSync":false}]}`: "not in its SyncStateSet",
		`{"master":true,"haConnectionInfo":[{"addr":"127.0.0.1:5","inSync":true}]}`:  "",
	} {
		other.Set(func(b *fakemq.Broker) { b.HA = ha })
		if err := Ready(within(t, 30*time.Second), me); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", ha, err)
		}
	}
	b.Set(func(b *fakemq.Broker) { b.ID = 0 })
	ns.Register("broker-a", 0, "10.9.9.9:10911") // the former master's address
	if err := Ready(within(t, 30*time.Second), me); err == nil || !strings.Contains(err.Error(), "broker-a/0 is not registered") {
		t.Errorf("elected, but not registered as the master yet: %v", err)
	}
	ns.Register("broker-a", 0, b.Address())
	if err := Ready(within(t, 30*time.Second), me); err != nil || b.Stored(TopicPrefix+"broker-a") != 1 {
		t.Errorf("the new master: %v, %d messages", err, b.Stored(TopicPrefix+"broker-a"))
	}
	me.Group = "broker-b"
	if err := Ready(within(t, 30*time.Second), me); err == nil || !strings.Contains(err.Error(), "is of group broker-a") {
		t.Errorf("another group: %v", err)
	}
}

func TestNameServerReady(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	if err := NameServerReady(within(t, time.Second), ns.Address()); err != nil {
		t.Error(err)
	}
	ns.Close()
	if NameServerReady(within(t, time.Second), ns.Address()) == nil {
		t.Error("a NameServer that is gone is ready")
	}
}

func TestReadConf(t *testing.T) {
	read := func(text string) (Self, error) {
		path := filepath.Join(t.TempDir(), "broker.conf")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return ReadConf(path)
	}
	got, err := read("# a comment=1\nbrokerName = broker-a\nbrokerId=1\r\nnamesrvAddr=a:9876;b:9876\nbrokerIP1=10.1.2.3\nlistenPort=20911\n")
	if err != nil || got.Group != "broker-a" || got.NameServers != "a:9876;b:9876" || got.Address != "127.0.0.1:20911" || got.IPs[0] != "10.1.2.3" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, ip := range got.IPs {
		if net.ParseIP(ip).IsLoopback() {
			t.Errorf("%s would make every broker of a host our own", ip)
		}
	}
	if got, err := read("brokerName=b\nbrokerId=0\nnamesrvAddr=a:1\n"); err != nil || got.Address != "127.0.0.1:10911" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, text := range []string{"", "brokerId=0\nnamesrvAddr=a:1\n", "brokerName=b\nbrokerId=0\n"} {
		if _, err := read(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
	if _, err := ReadConf("/nonexistent"); err == nil {
		t.Error("a missing file was accepted")
	}
}

func TestAControllerIsReadyWhenItKnowsALeader(t *testing.T) {
	c := fakemq.NewController(t)
	if err := ControllerLive(within(t, time.Second), c.Address()); err != nil {
		t.Errorf("without a leader: %v", err)
	}
	if ControllerReady(within(t, time.Second), c.Address()) == nil {
		t.Error("it is ready without a leader")
	}
	c.Lead(c, "{}")
	if err := ControllerReady(within(t, time.Second), c.Address()); err != nil {
		t.Error(err)
	}
	c.Close()
	if ControllerLive(within(t, time.Second), c.Address()) == nil {
		t.Error("a controller that is gone is live")
	}
}
