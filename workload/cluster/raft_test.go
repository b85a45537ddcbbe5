package cluster

import (
	"fmt"
	"testing"

	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

// TestMembersOfARaftGroupAreJudgedByTheirLogsEnd: such brokers refuse the question for replication, and change their ids with their roles.
func TestMembersOfARaftGroupAreJudgedByTheirLogsEnd(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	master, late := fakemq.NewBroker(t, "broker-a", 0, ns), fakemq.NewBroker(t, "broker-a", 2, ns)
	ns.Register("broker-a", 1, late.Address()) // it was asked as another one before
	for b, end := range map[*fakemq.Broker]int64{master: 1000, late: 900} {
		b.Set(func(b *fakemq.Broker) {
			b.HA, b.LogEnd, b.Config = "", end, map[string]string{"enableDLegerCommitLog": "true"}
		})
	}
	for brief, want := range map[bool]string{
		false: "[broker-a/0 master true behind 0  broker-a/2 slave true behind 100 ]",
		true:  "[broker-a/0 master true behind 0  broker-a/2 slave false behind -1 ]",
	} {
		v := newView(t, ns)
		v.Brief = brief
		var got []string
		for _, b := range v.Report(t.Context()).Brokers {
			got = append(got, fmt.Sprintf("%s/%d %s %t behind %d %s", b.Group, b.ID, b.Role, b.InSync, b.Behind, b.Error))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("brief %t: got  %v\nwant %s", brief, got, want)
		}
	}
}
