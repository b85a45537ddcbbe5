package health

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

// TestAProxyIsReadyWhenItKnowsBrokers: for a route a proxy answers as a NameServer does.
func TestAProxyIsReadyWhenItKnowsBrokers(t *testing.T) {
	proxy := fakemq.NewNameServer(t)
	if err := ProxyLive(within(t, 30*time.Second), proxy.Address()); err != nil {
		t.Errorf("it knows no topic yet: %v", err)
	}
	if err := ProxyReady(within(t, 30*time.Second), proxy.Address()); err == nil || !strings.Contains(err.Error(), "TOPIC_NOT_EXIST") {
		t.Errorf("it knows no topic yet: %v", err)
	}
	fakemq.NewBroker(t, "broker-a", 0, proxy).CreateTopic(proxyTopic, 1)
	if err := ProxyReady(within(t, 30*time.Second), proxy.Address()); err != nil {
		t.Error(err)
	}
	if err := KnowsMaster(within(t, 30*time.Second), proxy.Address()); err != nil {
		t.Error(err)
	}
	if err := KnowsMaster(within(t, 30*time.Second), fakemq.NewNameServer(t).Address()); err == nil || !strings.Contains(err.Error(), "no NameServer knows a master") {
		t.Errorf("without brokers: %v", err)
	}
	proxy.Close()
	if ProxyLive(within(t, time.Second), proxy.Address()) == nil {
		t.Error("a proxy that is gone is live")
	}
}
