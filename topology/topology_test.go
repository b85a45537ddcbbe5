package topology_test

import (
	"slices"
	"testing"

	"github.com/rmqproof/rmqproof/topology"
)

var elected = topology.Snapshot{Processes: []topology.Process{
	{Kind: topology.Broker, Pod: "a-0", UID: "u0", ContainerID: "c0", Group: "broker-a", ID: 1, Role: topology.Slave},
	{Kind: topology.Broker, Pod: "a-1", UID: "u1", ContainerID: "c1", Group: "broker-a", ID: 2, Role: topology.Master},
	{Kind: topology.Broker, Address: "10.0.0.9:10911", Group: "broker-a", ID: 0, Role: topology.Master},
	{Kind: topology.Broker, Pod: "b-0", UID: "u2", ContainerID: "c2", ID: topology.Unknown},
	{Kind: topology.NameServer, Pod: "ns-0", UID: "u3", ContainerID: "c3"},
	{Kind: topology.Controller, Pod: "ns-0", UID: "u3", ContainerID: "c3", Role: topology.Leader, Leader: true},
}}

func names(processes []topology.Process) (list []string) {
	for _, p := range processes {
		list = append(list, p.String())
	}
	return list
}

func TestMastersAreThoseThatExist(t *testing.T) {
	if got := names(elected.Masters()); !slices.Equal(got, []string{"broker broker-a/2 (master) in pod a-1"}) {
		t.Errorf("%q", got)
	}
	if got := names(elected.Group("broker-a")); len(got) != 3 || got[2] != "broker broker-a/0 (master) at 10.0.0.9:10911" {
		t.Errorf("%q", got)
	}
	if got := elected.Groups(); !slices.Equal(got, []string{"broker-a"}) {
		t.Errorf("a broker that no NameServer lists makes no group: %q", got)
	}
}

func TestServersOfOneContainerShareTheirIdentity(t *testing.T) {
	leader, ok := elected.Leader()
	if !ok || leader.Pod != "ns-0" {
		t.Fatalf("%v %v", leader, ok)
	}
	if got := names(elected.ByIdentity("u3/c3")); !slices.Equal(got, []string{"nameserver in pod ns-0", "controller (leader) in pod ns-0"}) {
		t.Errorf("%q", got)
	}
	if _, ok := (topology.Snapshot{}).Leader(); ok {
		t.Error("nobody leads nothing")
	}
}
