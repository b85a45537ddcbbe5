package chaos

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/topology"
)

// Role is what a process does in the cluster at the moment of the choice, as the cluster itself reports it.
type Role string

// The roles. Leader is the controllers' leader.
const (
	Masters     Role = "master"
	Slaves      Role = "slave"
	NameServers Role = "NameServer"
	Controllers Role = "controller"
	Leader      Role = "leading controller"
	Proxies     Role = "proxy"
	Servers     Role = "server" // any of them
)

// Pick says how many of those that match are hit.
type Pick string

// The zero Pick hits the first by name, the same one every time, so that runs can be compared. Of n, Minority is the
// largest number below one half, and Majority the smallest above it.
const (
	One      Pick = ""
	Minority Pick = "a minority of"
	Majority Pick = "a majority of"
	All      Pick = "all"
)

// Target says which processes a fault hits: chaos.Masters.All().In("broker-a"). It is chosen anew at each injection.
type Target struct {
	Of        Role   `json:"of"`
	Pick      Pick   `json:"pick,omitempty"`
	Group     string `json:"group,omitempty"`      // broker group; empty: any
	WithSlave bool   `json:"with_slave,omitempty"` // and one slave of each master's group, in sync if there is one
	NodeOf    bool   `json:"node_of,omitempty"`    // and everything that shares a node with one of them
}

// One hits the first by name.
func (r Role) One() Target { return Target{Of: r} }

// Minority hits fewer than half of them.
func (r Role) Minority() Target { return Target{Of: r, Pick: Minority} }

// Majority hits more than half of them.
func (r Role) Majority() Target { return Target{Of: r, Pick: Majority} }

// All hits every one of them.
func (r Role) All() Target { return Target{Of: r, Pick: All} }

// In confines the target to a broker group.
func (t Target) In(group string) Target { t.Group = group; return t }

// AndSlave hits a slave of each master's group as well.
func (t Target) AndSlave() Target { t.WithSlave = true; return t }

// OnNode hits every process on the nodes of those chosen.
func (t Target) OnNode() Target { t.NodeOf = true; return t }

func (t Target) String() string {
	name := string(t.Of)
	if t.Pick != One {
		name = string(t.Pick) + " " + plural(name)
	}
	if t.Group != "" {
		name += " of " + t.Group
	}
	if t.WithSlave {
		name += " with its slave"
	}
	if t.NodeOf {
		name = "everything on the node of " + name
	}
	return name
}

func plural(name string) string {
	if name == string(Proxies) {
		return "proxies"
	}
	return name + "s"
}

// Candidates returns every process that matches, sorted by pod, whatever Pick says.
func (t Target) Candidates(s topology.Snapshot) ([]topology.Process, error) {
	if t.Group != "" && t.Of != Masters && t.Of != Slaves {
		return nil, fmt.Errorf("a %s belongs to no broker group: leave Group %q out", t.Of, t.Group)
	}
	if t.WithSlave && t.Of != Masters {
		return nil, fmt.Errorf("only a master has a slave beside it, not a %s", t.Of)
	}
	var found []topology.Process
	for _, p := range s.Processes {
		if !t.matches(p) {
			continue
		}
		if p.Pod == "" {
			return nil, fmt.Errorf("%s is no pod of the namespace: nothing to hit", p)
		}
		found = append(found, p)
	}
	slices.SortFunc(found, func(a, b topology.Process) int {
		return cmp.Or(strings.Compare(a.Pod, b.Pod), strings.Compare(a.Container, b.Container))
	})
	return found, nil
}

func (t Target) matches(p topology.Process) bool {
	if t.Group != "" && p.Group != t.Group {
		return false
	}
	switch t.Of {
	case Masters:
		return p.Kind == topology.Broker && p.Role == topology.Master
	case Slaves:
		return p.Kind == topology.Broker && p.Role == topology.Slave
	case NameServers:
		return p.Kind == topology.NameServer
	case Controllers:
		return p.Kind == topology.Controller
	case Leader:
		return p.Kind == topology.Controller && p.Leader
	case Proxies:
		return p.Kind == topology.Proxy
	case Servers:
		return p.Kind != topology.Agent
	}
	return false
}

// Select returns the processes to hit, at least one, each pod and container once.
func (t Target) Select(s topology.Snapshot) ([]topology.Process, error) {
	found, err := t.Candidates(s)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the cluster reports no %s: nothing to hit", Target{Of: t.Of, Group: t.Group})
	}
	picked := found[:t.Pick.of(len(found))]
	if len(picked) == 0 {
		return nil, fmt.Errorf("%d %s have no minority: nothing to hit", len(found), plural(string(t.Of)))
	}
	if picked, err = t.widened(picked, s); err != nil {
		return nil, err
	}
	return distinct(picked), nil
}

func (p Pick) of(n int) int {
	switch p {
	case Minority:
		return (n - 1) / 2
	case Majority:
		return n/2 + 1
	case All:
		return n
	}
	return 1
}

// widened adds what WithSlave and NodeOf ask for.
func (t Target) widened(picked []topology.Process, s topology.Snapshot) ([]topology.Process, error) {
	all := slices.Clone(picked)
	if t.WithSlave {
		for _, master := range picked {
			slave, err := slaveOf(master, s)
			if err != nil {
				return nil, err
			}
			all = append(all, slave)
		}
	}
	if !t.NodeOf {
		return all, nil
	}
	for _, p := range s.Processes {
		shares := func(q topology.Process) bool { return q.Node != "" && q.Node == p.Node }
		if p.Kind != topology.Agent && p.Pod != "" && slices.ContainsFunc(all, shares) {
			all = append(all, p)
		}
	}
	return all, nil
}

// slaveOf picks the slave that hurts most: one that is in sync, if there is one.
func slaveOf(master topology.Process, s topology.Snapshot) (topology.Process, error) {
	slaves, err := Slaves.All().In(master.Group).Candidates(s)
	if err != nil {
		return topology.Process{}, err
	}
	if len(slaves) == 0 {
		return topology.Process{}, fmt.Errorf("%s has no slave that the cluster reports", master)
	}
	if n := slices.IndexFunc(slaves, func(p topology.Process) bool { return p.InSync }); n > 0 {
		return slaves[n], nil
	}
	return slaves[0], nil
}

// distinct drops what is a process already named: several servers may share a container.
func distinct(all []topology.Process) []topology.Process {
	var kept []topology.Process
	for _, p := range all {
		same := func(q topology.Process) bool { return q.Pod == p.Pod && q.Container == p.Container }
		if !slices.ContainsFunc(kept, same) {
			kept = append(kept, p)
		}
	}
	return kept
}
