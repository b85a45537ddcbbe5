package rules

import (
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// network: that policies leave open what the cluster needs.
var network = []Rule{
	{
		ID: "network-policy-blocks", Severity: Error, Title: "A NetworkPolicy that blocks the cluster's own traffic",
		Loses: promise.All(),
		Explain: "Brokers must reach every NameServer (9876), slaves their master (10911 and 10912), members of a quorum one another, " +
			"brokers the controllers. A policy selects a pod and so closes everything that it does not name: replication or " +
			"registration never happens.",
		Source:  "Kubernetes docs: network policies; RocketMQ docs: ports",
		Example: Example{On: "static", Sound: "ports: [{port: 10909}, {port: 10911}, {port: 10912}] # brokers", Broken: "ports: [{port: 10909}, {port: 10911}]"},
		check:   blocked,
	},
}

// flow is traffic that the cluster cannot do without.
type flow struct {
	from, to *model.Workload
	port     int
	why      string
}

func blocked(r *run) {
	if len(r.Policies) == 0 {
		return
	}
	for _, f := range flows(r) {
		if p, ok := closed(r, f.to, f.from, f.port, true); ok {
			r.report(p.Object, p.Object.Value.Get("spec").Pos(), fmt.Sprintf("ingress: [{from: [{podSelector: <%s>}], ports: [{port: %d}]}]", f.from.Name, f.port), "It closes port %d of %s to %s: %s.", f.port, f.to.Object, f.from.Object, f.why)
		}
		if p, ok := closed(r, f.from, f.to, f.port, false); ok {
			r.report(p.Object, p.Object.Value.Get("spec").Pos(), fmt.Sprintf("egress: [{to: [{podSelector: <%s>}], ports: [{port: %d}]}]", f.to.Name, f.port), "It keeps %s from port %d of %s: %s.", f.from.Object, f.port, f.to.Object, f.why)
		}
	}
}

func flows(r *run) []flow {
	var all []flow
	for _, c := range r.Clusters {
		for _, g := range c.Groups {
			for _, w := range g.Workloads() {
				all = append(all, outward(c, g, w)...)
			}
		}
		for _, p := range c.Proxies {
			for _, g := range c.Groups {
				for _, w := range g.Workloads() {
					all = append(all, flow{p.Workload, w, listens(w.Process(keys.Broker)), "the proxy reaches no broker"})
				}
			}
		}
		for _, p := range c.Controllers {
			for _, port := range peerPorts(nil, controllerList(p.Instances[0])) {
				all = append(all, flow{p.Workload, p.Workload, port, "the controllers do not find one another"})
			}
		}
	}
	return all
}

// outward lists what a broker must reach.
func outward(c *model.Cluster, g *model.Group, w *model.Workload) []flow {
	var all []flow
	for _, p := range c.NameServers {
		all = append(all, flow{w, p.Workload, listens(p), "the broker registers nowhere"})
	}
	if anyControlled(c) {
		for _, p := range c.Controllers {
			for _, port := range peerPorts(nil, controllerList(p.Instances[0])) {
				all = append(all, flow{w, p.Workload, port, "the broker gets no role"})
			}
		}
	}
	for _, other := range g.Workloads() {
		if other == w && w.Replicas < 2 {
			continue
		}
		i := other.Process(keys.Broker).Instances[0]
		for _, port := range peerPorts(i, i.Get("dLegerPeers").Value) {
			all = append(all, flow{w, other, port, "the members of group " + g.Name + " do not find one another"})
		}
		if ha, ok := i.Int("haListenPort"); ok && copiesFrom(g, w, other) {
			all = append(all, flow{w, other, ha, "the slave copies nothing"}, flow{w, other, listens(i.Process), "the slave gets no topics and offsets"})
		}
	}
	return all
}

// copiesFrom says whether a broker of w takes its copy from one of other.
func copiesFrom(g *model.Group, w, other *model.Workload) bool {
	mode, _ := g.Mode()
	slave := slices.ContainsFunc(g.Slaves(), func(b *model.Broker) bool { return b.Workload == w })
	master := slices.ContainsFunc(g.Masters(), func(b *model.Broker) bool { return b.Workload == other })
	return mode == model.Controlled || slave && master
}

func listens(p *model.Process) int {
	n, _ := p.Instances[0].Int("listenPort")
	return n
}

// closed returns the policy that keeps traffic out: some policy selects the pod in that direction, and none of those
// that do lets the traffic pass.
func closed(r *run, pod, peer *model.Workload, port int, ingress bool) (*model.Policy, bool) {
	var blocking *model.Policy
	for _, p := range r.PoliciesOf(pod) {
		if ingress && !p.Ingress || !ingress && !p.Egress {
			continue
		}
		if lets(p, pod, peer, port, ingress) {
			return nil, false
		}
		if blocking == nil {
			blocking = p
		}
	}
	return blocking, blocking != nil
}

func lets(p *model.Policy, pod, peer *model.Workload, port int, ingress bool) bool {
	list, side := "egress", "to"
	if ingress {
		list, side = "ingress", "from"
	}
	target := peer
	if ingress {
		target = pod
	}
	for _, rule := range p.Object.Value.Get("spec", list).Items() {
		if portOpen(rule.Get("ports"), target, port) && peerAllowed(p, rule.Get(side), peer) {
			return true
		}
	}
	return false
}

func portOpen(ports node.Value, target *model.Workload, port int) bool {
	items := ports.Items()
	for _, item := range items {
		if protocol := item.Get("protocol").Text(); protocol != "" && protocol != "TCP" {
			continue
		}
		if !item.Get("port").Exists() {
			return true
		}
		n, ok := target.PortNumber(item.Get("port").Text())
		end, ranged := item.Get("endPort").Int()
		if ok && (n == port || ranged && port >= n && port <= end) {
			return true
		}
	}
	return len(items) == 0
}

// peerAllowed evaluates the other side. A namespace's labels are not in the input as a rule: a selector of namespaces
// counts as allowing, so that nothing is called blocked that may be open.
func peerAllowed(p *model.Policy, peers node.Value, peer *model.Workload) bool {
	items := peers.Items()
	for _, item := range items {
		spaces, pods := item.Get("namespaceSelector"), item.Get("podSelector")
		switch {
		case item.Get("ipBlock").Exists():
			return true
		case pods.Raw() != nil && !model.Matches(pods, peer.Labels):
		case spaces.Raw() != nil:
			return true
		case p.Object.Namespace == peer.Namespace || p.Object.Namespace == "" || peer.Namespace == "":
			return true
		}
	}
	return len(items) == 0
}
