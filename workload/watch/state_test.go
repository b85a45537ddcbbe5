package watch

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

// stated gives what is recorded of two brokers, of which one has a topic.
func stated(t *testing.T, record func(history.Record) error) error {
	t.Helper()
	names := fakemq.NewNameServer(t)
	master, slave := fakemq.NewBroker(t, "broker-a", 0, names), fakemq.NewBroker(t, "broker-a", 1, names)
	master.CreateTopic("t", 2)
	slave.Set(func(b *fakemq.Broker) { b.HA = `{"master":false}` })
	v, err := cluster.New(names.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Client.Close)
	return States(t.Context(), v, []string{"broker-a"}, 7, record)
}

func TestTopicsAndConsumerGroupsOfEachBrokerAreRecorded(t *testing.T) {
	var lines []string
	err := stated(t, func(r history.Record) error {
		s := r.(*history.State)
		lines = append(lines, fmt.Sprintf("%s %s %s", s.What, s.Name, s.Value))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const groups = "\nconsumer group g consumeEnable true, retryQueueNums 1"
	want := "look  \ntopic t readQueueNums 2, writeQueueNums 2, perm 6, order false" + groups + "\nlook  " + groups
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("recorded\n%s\nwant\n%s", got, want)
	}
}

func TestAStateThatCannotBeRecordedIsAnError(t *testing.T) {
	full := errors.New("disk full")
	if err := stated(t, func(history.Record) error { return full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}
