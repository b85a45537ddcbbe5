package chaos_test

import (
	"slices"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/topology"
)

// elected is a cluster whose masters are no broker 0, whose NameServers carry the controllers, and which has more than
// two of everything.
func elected() topology.Snapshot {
	broker := func(pod, group, node string, role topology.Role) topology.Process {
		return topology.Process{Kind: topology.Broker, Pod: pod, Container: "b", Group: group, Node: node, Role: role, ID: 2}
	}
	var s topology.Snapshot
	for n, pod := range []string{"ns-2", "ns-0", "ns-1"} {
		s.Processes = append(s.Processes,
			topology.Process{Kind: topology.NameServer, Pod: pod, Container: "ns", Node: "w" + pod[3:]},
			topology.Process{Kind: topology.Controller, Pod: pod, Container: "ns", Node: "w" + pod[3:], Leader: n == 2})
	}
	lagging := broker("a-0", "broker-a", "w0", topology.Slave)
	inSync := broker("a-2", "broker-a", "w2", topology.Slave)
	inSync.InSync = true
	s.Processes = append(s.Processes, lagging, inSync, broker("a-1", "broker-a", "w1", topology.Master),
		broker("b-0", "broker-b", "w1", topology.Master), topology.Process{Kind: topology.Agent, Pod: "agent", Node: "w1"})
	return s
}

func TestTargetsAreWords(t *testing.T) {
	for name, tt := range map[string]struct {
		target chaos.Target
		want   []string
	}{
		"master":                                       {chaos.Masters.One(), []string{"a-1"}},
		"master of broker-b":                           {chaos.Masters.One().In("broker-b"), []string{"b-0"}},
		"all masters":                                  {chaos.Masters.All(), []string{"a-1", "b-0"}},
		"slave":                                        {chaos.Slaves.One(), []string{"a-0"}},
		"a minority of NameServers":                    {chaos.NameServers.Minority(), []string{"ns-0"}},
		"a majority of controllers":                    {chaos.Controllers.Majority(), []string{"ns-0", "ns-1"}},
		"leading controller":                           {chaos.Leader.One(), []string{"ns-1"}},
		"master of broker-a with its slave":            {chaos.Masters.One().In("broker-a").AndSlave(), []string{"a-1", "a-2"}},
		"everything on the node of master":             {chaos.Masters.One().OnNode(), []string{"a-1", "b-0", "ns-1"}},
		"everything on the node of leading controller": {chaos.Leader.One().OnNode(), []string{"ns-1", "a-1", "b-0"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.target.String(); got != name {
				t.Errorf("it is called %q", got)
			}
			chosen, err := tt.target.Select(elected())
			var got []string
			for _, p := range chosen {
				got = append(got, p.Pod)
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("Select = %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestTargetsThatAreNotThere(t *testing.T) {
	for _, target := range []chaos.Target{
		chaos.Proxies.All(), chaos.Masters.One().In("broker-z"), chaos.Leader.Minority(), chaos.Masters.One().In("broker-b").AndSlave(),
	} {
		if got, err := target.Select(elected()); err == nil {
			t.Errorf("%s selects %v, want an error", target, got)
		}
	}
	away := topology.Snapshot{Processes: []topology.Process{{Kind: topology.Broker, Role: topology.Master, Address: "10.0.0.9:10911"}}}
	if got, err := chaos.Masters.One().Select(away); err == nil {
		t.Errorf("a registration without a pod is selected: %v", got)
	}
}
