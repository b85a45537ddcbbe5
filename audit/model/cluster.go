package model

import (
	"slices"
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
	// known is what Known answers: asked for every group, and the same for all of them.
	known bool
}

// Group is a broker group: the brokers of one name.
type Group struct {
	Name    string
	Cluster *Cluster
	Brokers []*Broker
}

// sets joins processes into clusters: each points towards the one that stands for its cluster.
type sets map[*Process]*Process

// root returns the process that stands for p's cluster, and shortens the way to it.
func (s sets) root(p *Process) *Process {
	for s[p] != nil && s[p] != p {
		if next := s[s[p]]; next != nil {
			s[p] = next
		}
		p = s[p]
	}
	return p
}

func (s sets) join(a, b *Process) {
	if x, y := s.root(a), s.root(b); x != y {
		s[y] = x
	}
}

// cluster divides the processes into clusters.
func (m *Model) cluster() {
	all, joined := m.processesOf(), sets{}
	lost := m.joinByAddress(all, joined)
	joinLost(all, lost, joined)
	m.collect(all, joined)
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
func (m *Model) joinByAddress(all []*Process, joined sets) []*Process {
	var lost []*Process
	for _, p := range all {
		asked := map[string]bool{}
		found := false
		for _, i := range p.Instances {
			for _, name := range []string{namesrvKey, "controllerAddr"} {
				if list := i.Get(name).Value; !asked[list] {
					asked[list] = true
					found = m.joinTo(p, list, joined) || found
				}
			}
		}
		if !found {
			lost = append(lost, p)
		}
	}
	return lost
}

// joinTo joins a process with the servers behind a list of addresses, and says whether there are any.
func (m *Model) joinTo(p *Process, list string, joined sets) bool {
	found := false
	for _, a := range m.Addresses(p.Workload, list) {
		for _, w := range a.Workloads {
			for _, target := range w.Processes {
				if target != p && (target.Role == keys.NameServer || target.Role == keys.Controller) {
					joined.join(target, p)
					found = true
				}
			}
		}
	}
	return found
}

// joinLost joins the rest by namespace: with the one cluster there, or with one another.
func joinLost(all, lost []*Process, joined sets) {
	h, alone := homesOf(all, joined), map[*Process]bool{}
	for _, p := range lost {
		alone[joined.root(p)] = true
	}
	for _, p := range lost {
		near := h.near(p.Workload.Namespace, joined)
		delete(near, joined.root(p))
		if len(near) == 1 || p.Role != keys.NameServer && within(near, alone) {
			for home := range near {
				joined.join(home, p)
			}
			alone[joined.root(p)] = true
		}
	}
}

// homes are the clusters that stand in each namespace.
type homes map[string]map[*Process]bool

// homesOf enters each process under its namespace, and under "*" for those that leave it open.
func homesOf(all []*Process, joined sets) homes {
	h := homes{}
	for _, p := range all {
		for _, name := range []string{p.Workload.Namespace, "*"} {
			if h[name] == nil {
				h[name] = map[*Process]bool{}
			}
			h[name][joined.root(p)] = true
		}
	}
	return h
}

// near returns the clusters that a namespace may mean: one that is left open is any.
func (h homes) near(namespace string, joined sets) map[*Process]bool {
	found := map[*Process]bool{}
	spaces := []string{namespace, ""}
	if namespace == "" {
		spaces = []string{"*"}
	}
	for _, name := range spaces {
		for root := range h[name] {
			if now := joined.root(root); now != root { // joined since: the two are one from now on
				delete(h[name], root)
				h[name][now] = true
				root = now
			}
			found[root] = true
		}
	}
	return found
}

// within says whether none of the clusters has been joined by an address.
func within(homes, alone map[*Process]bool) bool {
	for home := range homes {
		if !alone[home] {
			return false
		}
	}
	return true
}

func (m *Model) collect(all []*Process, joined sets) {
	of := map[*Process]*Cluster{}
	for _, p := range all {
		c := of[joined.root(p)]
		if c == nil {
			c = &Cluster{Namespace: p.Workload.Namespace}
			of[joined.root(p)] = c
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
	c.known = !slices.ContainsFunc(c.Groups, func(g *Group) bool { return !g.Known() })
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
