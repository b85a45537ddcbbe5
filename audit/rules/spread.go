package rules

import (
	"slices"

	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/node"
)

// spread: that one node does not hold everything.
var spread = []Rule{
	{
		ID: "copies-share-node", Severity: Warning, Title: "Copies that may run on one node",
		Explain: "Nothing keeps the scheduler from putting all brokers of a group, all NameServers or all controllers on one " +
			"node. Its loss then takes the group with it, copies and all.",
		Source:  "Kubernetes docs: assigning pods to nodes, inter-pod anti-affinity; pod topology spread constraints",
		Example: Example{On: "controller", Sound: "topologySpreadConstraints:\n        - maxSkew: 1", Broken: "tolerations:\n        - maxSkew: 1"},
		check:   func(r *run) { apart(r, together) },
	},
	{
		ID: "copies-prefer-apart", Severity: Info, Title: "Copies that would rather not share a node",
		Explain: "A preference gives way when nodes are short, which is when nodes fail: the copies may then meet on one.",
		Source:  "Kubernetes docs: preferredDuringSchedulingIgnoredDuringExecution; ScheduleAnyway",
		Example: Example{On: "controller", Sound: "whenUnsatisfiable: DoNotSchedule # brokers", Broken: "whenUnsatisfiable: ScheduleAnyway"},
		check:   func(r *run) { apart(r, rather) },
	},
}

// distance says how surely two pods run on different nodes.
type distance int

const (
	together distance = iota
	rather
	surely
)

// apart reports every set of copies whose closest pair is at the distance.
func apart(r *run, want distance) {
	for _, c := range r.Clusters {
		for _, g := range c.Groups {
			if g.Known() && len(g.Brokers) > 1 {
				closest(r, want, "the brokers of group "+g.Name, pods(g))
			}
		}
		for what, processes := range map[string][]*model.Process{"the NameServers": c.NameServers, "the controllers": c.Controllers} {
			var all []*model.Workload
			for _, p := range processes {
				for range min(p.Workload.Replicas, 3) {
					all = append(all, p.Workload)
				}
			}
			if what != "the controllers" || !slices.Equal(processes, c.NameServers) {
				closest(r, want, what, all)
			}
		}
	}
}

// pods lists a group's workloads, one entry a pod.
func pods(g *model.Group) []*model.Workload {
	var all []*model.Workload
	for _, b := range g.Brokers {
		all = append(all, b.Workload)
	}
	return all
}

func closest(r *run, want distance, what string, all []*model.Workload) {
	least, at := surely, (*model.Workload)(nil)
	for i := range all {
		for j := i + 1; j < len(all) && j < i+16; j++ {
			if d := between(all[i], all[j]); d < least {
				least, at = d, all[j]
			}
		}
	}
	if at == nil || least != want {
		return
	}
	fix := "affinity:\n  podAntiAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n    - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: <labels of all copies>}}"
	if want == rather {
		r.report(at.Object, at.Where("affinity"), fix, "Nothing but a preference keeps %s on different nodes.", what)
		return
	}
	r.report(at.Object, at.Where("affinity"), fix, "Nothing keeps %s from running on one node: its loss takes all of them.", what)
}

// between looks at both pods' rules: the scheduler honours a required anti-affinity from either side.
func between(a, b *model.Workload) distance {
	if a.Object.Kind == "DaemonSet" && a == b || pinnedApart(a, b) {
		return surely
	}
	best := together
	for _, side := range [][2]*model.Workload{{a, b}, {b, a}} {
		best = max(best, antiAffinity(side[0], side[1]), constraint(side[0], side[1]))
	}
	return best
}

func antiAffinity(of, to *model.Workload) distance {
	anti := of.Pod.Get("affinity", "podAntiAffinity")
	best := together
	for _, term := range anti.Get("requiredDuringSchedulingIgnoredDuringExecution").Items() {
		if matchesTerm(term, of, to) {
			return surely
		}
	}
	for _, weighted := range anti.Get("preferredDuringSchedulingIgnoredDuringExecution").Items() {
		if matchesTerm(weighted.Get("podAffinityTerm"), of, to) {
			best = rather
		}
	}
	return best
}

func matchesTerm(term node.Value, of, to *model.Workload) bool {
	spaces := term.Get("namespaces").Texts()
	here := of.Namespace == to.Namespace || slices.Contains(spaces, to.Namespace) || term.Get("namespaceSelector").Exists()
	return here && term.Get("topologyKey").Text() != "" && model.Matches(term.Get("labelSelector"), to.Labels)
}

// constraint counts only spreads that cover both pods.
func constraint(of, to *model.Workload) distance {
	best := together
	for _, c := range of.Pod.Get("topologySpreadConstraints").Items() {
		if !model.Matches(c.Get("labelSelector"), of.Labels) || !model.Matches(c.Get("labelSelector"), to.Labels) {
			continue
		}
		if c.Get("whenUnsatisfiable").Text() == "ScheduleAnyway" {
			best = max(best, rather)
		} else {
			best = surely
		}
	}
	return best
}

// pinnedApart says whether node selectors exclude a common node.
func pinnedApart(a, b *model.Workload) bool {
	x, y := a.Pod.Get("nodeSelector").Map(), b.Pod.Get("nodeSelector").Map()
	if x["kubernetes.io/hostname"] == "" && a.Pod.Get("nodeName").Text() != "" {
		x["kubernetes.io/hostname"] = a.Pod.Get("nodeName").Text()
	}
	if y["kubernetes.io/hostname"] == "" && b.Pod.Get("nodeName").Text() != "" {
		y["kubernetes.io/hostname"] = b.Pod.Get("nodeName").Text()
	}
	for key, value := range x {
		if other, ok := y[key]; ok && other != value {
			return true
		}
	}
	return requiredApart(a, b)
}

// requiredApart compares required node affinities of one term each.
func requiredApart(a, b *model.Workload) bool {
	values := func(w *model.Workload) map[string][]string {
		all := map[string][]string{}
		terms := w.Pod.Get("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").Items()
		if len(terms) != 1 {
			return all
		}
		for _, e := range terms[0].Get("matchExpressions").Items() {
			if e.Get("operator").Text() == "In" {
				all[e.Get("key").Text()] = e.Get("values").Texts()
			}
		}
		return all
	}
	y := values(b)
	for key, mine := range values(a) {
		theirs, ok := y[key]
		if ok && !slices.ContainsFunc(mine, func(v string) bool { return slices.Contains(theirs, v) }) {
			return true
		}
	}
	return false
}

// Apart says whether the brokers of a group are kept in different domains of a topology for certain. Different zones
// are different nodes as well.
func Apart(g *model.Group, key string) bool {
	all := pods(g)
	all = all[:min(len(all), 64)] // no group is larger; a hostile input may be
	for i := range all {
		for j := i + 1; j < len(all); j++ {
			if key == "kubernetes.io/hostname" && between(all[i], all[j]) != surely || key != "kubernetes.io/hostname" && !byKey(all[i], all[j], key) {
				return false
			}
		}
	}
	return true
}

// byKey says whether a required rule on a topology key keeps two pods apart.
func byKey(a, b *model.Workload, key string) bool {
	for _, side := range [][2]*model.Workload{{a, b}, {b, a}} {
		of, to := side[0], side[1]
		for _, term := range of.Pod.Get("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Items() {
			if term.Get("topologyKey").Text() == key && matchesTerm(term, of, to) {
				return true
			}
		}
		for _, c := range of.Pod.Get("topologySpreadConstraints").Items() {
			covers := model.Matches(c.Get("labelSelector"), of.Labels) && model.Matches(c.Get("labelSelector"), to.Labels)
			if covers && c.Get("topologyKey").Text() == key && c.Get("whenUnsatisfiable").Text() != "ScheduleAnyway" {
				return true
			}
		}
	}
	return pinnedBy(a, b, key)
}

// pinnedBy says whether node selectors place two pods in different domains of a topology key.
func pinnedBy(a, b *model.Workload, key string) bool {
	x, y := a.Pod.Get("nodeSelector").Map()[key], b.Pod.Get("nodeSelector").Map()[key]
	return x != "" && y != "" && x != y
}
