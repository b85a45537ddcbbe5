package model

import (
	"sort"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
)

// Cluster is one RocketMQ cluster: the processes that meet at the same NameServers.
type Cluster struct {
	Name, Namespace string
	NameServers     []*Process
	// Controllers includes NameServers that run one.
	Controllers []*Process
	Proxies     []*Process
	Brokers     []*Broker
	Groups      []*Group
}

// Group is a broker group: the brokers of one name.
type Group struct {
	Name    string
	Cluster *Cluster
	Brokers []*Broker
}

// cluster divides the processes into clusters.
func (m *Model) cluster() {
	all := m.processesOf()
	parent := map[*Process]*Process{}
	var root func(*Process) *Process
	root = func(p *Process) *Process {
		if parent[p] == nil || parent[p] == p {
			return p
		}
		return root(parent[p])
	}
	join := func(a, b *Process) {
		if root(a) != root(b) {
			parent[root(b)] = root(a)
		}
	}
	lost := m.joinByAddress(all, join)
	joinLost(all, lost, root, join)
	m.collect(all, root)
}

func (m *Model) processesOf() []*Process {
	var all []*Process
	for _, w := range m.Workloads {
		all = append(all, w.Processes...)
	}
	return all
}

// joinByAddress joins each process with the NameServers and controllers that it names, and returns those whose
// addresses lead to nothing in the input.
func (m *Model) joinByAddress(all []*Process, join func(a, b *Process)) []*Process {
	var lost []*Process
	for _, p := range all {
		found := false
		for _, i := range p.Instances {
			for _, name := range []string{namesrvKey, "controllerAddr"} {
				for _, a := range m.Addresses(p.Workload, i.Get(name).Value) {
					for _, w := range a.Workloads {
						for _, target := range w.Processes {
							if target != p && (target.Role == keys.NameServer || target.Role == keys.Controller) {
								join(target, p)
								found = true
							}
						}
					}
				}
			}
		}
		if !found {
			lost = append(lost, p)
		}
	}
	return lost
}

// joinLost joins the rest by namespace: with the one cluster there, or with one another.
func joinLost(all, lost []*Process, root func(*Process) *Process, join func(a, b *Process)) {
	for _, p := range lost {
		homes := map[*Process]bool{}
		for _, other := range all {
			if other != p && near(other.Workload.Namespace, p.Workload.Namespace) {
				homes[root(other)] = true
			}
		}
		delete(homes, root(p))
		if len(homes) == 1 || p.Role != keys.NameServer && onlyLost(homes, lost, root) {
			for home := range homes {
				join(home, p)
			}
		}
	}
}

// onlyLost says whether none of the clusters has been joined by an address.
func onlyLost(homes map[*Process]bool, lost []*Process, root func(*Process) *Process) bool {
	alone := map[*Process]bool{}
	for _, p := range lost {
		alone[root(p)] = true
	}
	for home := range homes {
		if !alone[home] {
			return false
		}
	}
	return true
}

func (m *Model) collect(all []*Process, root func(*Process) *Process) {
	of := map[*Process]*Cluster{}
	for _, p := range all {
		c := of[root(p)]
		if c == nil {
			c = &Cluster{Namespace: p.Workload.Namespace}
			of[root(p)] = c
			m.Clusters = append(m.Clusters, c)
		}
		c.add(p)
	}
	for _, c := range m.Clusters {
		c.group()
	}
}

func (c *Cluster) add(p *Process) {
	switch p.Role {
	case keys.NameServer:
		c.NameServers = append(c.NameServers, p)
		if p.Instances[0].Is("enableControllerInNamesrv") {
			c.Controllers = append(c.Controllers, p)
		}
	case keys.Controller:
		c.Controllers = append(c.Controllers, p)
	case keys.Proxy:
		c.Proxies = append(c.Proxies, p)
	case keys.Broker:
		for _, i := range p.Instances {
			c.Brokers = append(c.Brokers, newBroker(c, i))
		}
	}
}

// group sorts the brokers by name; those without a known name stand alone and are judged one by one.
func (c *Cluster) group() {
	byName := map[string]*Group{}
	for _, b := range c.Brokers {
		g := byName[b.Name]
		if g == nil || !b.Identified {
			g = &Group{Name: b.Name, Cluster: c}
			if b.Identified {
				byName[b.Name] = g
			}
			c.Groups = append(c.Groups, g)
		}
		g.Brokers = append(g.Brokers, b)
		b.Group = g
	}
	sort.SliceStable(c.Groups, func(i, j int) bool { return c.Groups[i].Name < c.Groups[j].Name })
	names := map[string]bool{}
	for _, b := range c.Brokers {
		if name, ok := b.Text("brokerClusterName"); ok {
			names[name] = true
		}
	}
	c.Name = strings.Join(sortedKeys(names), ", ")
}

// Pods counts the pods of processes.
func Pods(processes []*Process) int {
	n := 0
	for _, p := range processes {
		n += p.Workload.Replicas
	}
	return n
}

// Masters returns the brokers of a group that take writes by their static role.
func (g *Group) Masters() []*Broker { return g.with(Master) }

// Slaves returns the brokers of a group that only copy.
func (g *Group) Slaves() []*Broker { return g.with(Slave) }

func (g *Group) with(role Role) []*Broker {
	var all []*Broker
	for _, b := range g.Brokers {
		if b.Role == role {
			all = append(all, b)
		}
	}
	return all
}

// Workloads returns the workloads of a group's brokers.
func (g *Group) Workloads() []*Workload {
	var all []*Workload
	seen := map[*Workload]bool{}
	for _, b := range g.Brokers {
		if !seen[b.Workload] {
			seen[b.Workload] = true
			all = append(all, b.Workload)
		}
	}
	return all
}
