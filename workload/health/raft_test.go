package health

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

func TestAMemberOfARaftGroupIsReadyWhenItHasWhatItsMasterHad(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	master, slave := fakemq.NewBroker(t, "broker-a", 0, ns), fakemq.NewBroker(t, "broker-a", 2, ns)
	topic := TopicPrefix + "broker-a"
	for _, b := range []*fakemq.Broker{master, slave} {
		b.Set(func(b *fakemq.Broker) { b.HA, b.Config = "", map[string]string{"enableDLegerCommitLog": "true"} })
		b.CreateTopic(topic, 1)
	}
	me := self(slave, ns.Address())
	if err := Ready(within(t, 30*time.Second), me); err != nil {
		t.Errorf("both are empty: %v", err)
	}
	master.Store(topic, 0, fakemq.Message{})
	if err := Ready(within(t, 30*time.Second), me); err == nil || !strings.Contains(err.Error(), "first 1 messages of "+topic) {
		t.Errorf("it lacks a message: %v", err)
	}
	slave.Store(topic, 0, fakemq.Message{})
	if err := Ready(within(t, 30*time.Second), me); err != nil {
		t.Errorf("it has all: %v", err)
	}
	master.Close()
	slave.Truncate(topic, 0, 1)
	if err := Ready(within(t, 30*time.Second), me); err != nil {
		t.Errorf("nobody says what there is: %v", err)
	}
}
