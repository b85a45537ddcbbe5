package model

import (
	"slices"

	"github.com/rmqproof/rmqproof/audit/node"
)

// Distance says how surely two pods run on different nodes.
type Distance int

// The distances, the closest first.
const (
	Together Distance = iota
	Rather
	Surely
)

// hostname is the label of a node's own name.
const hostname = "kubernetes.io/hostname"

// Pods lists a group's workloads, one entry a pod.
func (g *Group) Pods() []*Workload {
	var all []*Workload
	for _, b := range g.Brokers {
		all = append(all, b.Workload)
	}
	return all
}

// Between looks at both pods' rules: the scheduler honours a required anti-affinity from either side.
func Between(a, b *Workload) Distance {
	if a.Object.Kind == "DaemonSet" && a == b || pinnedApart(a, b) {
		return Surely
	}
	best := Together
	for _, side := range [][2]*Workload{{a, b}, {b, a}} {
		best = max(best, antiAffinity(side[0], side[1]), constraint(side[0], side[1]))
	}
	return best
}

func antiAffinity(of, to *Workload) Distance {
	anti := of.Pod.Get("affinity", "podAntiAffinity")
	best := Together
	for _, term := range anti.Get("requiredDuringSchedulingIgnoredDuringExecution").Items() {
		if matchesTerm(term, of, to) {
			return Surely
		}
	}
	for _, weighted := range anti.Get("preferredDuringSchedulingIgnoredDuringExecution").Items() {
		if matchesTerm(weighted.Get("podAffinityTerm"), of, to) {
			best = Rather
		}
	}
	return best
}

func matchesTerm(term node.Value, of, to *Workload) bool {
	spaces := term.Get("namespaces").Texts()
	here := of.Namespace == to.Namespace || slices.Contains(spaces, to.Namespace) || term.Get("namespaceSelector").Exists()
	return here && term.Get("topologyKey").Text() != "" && Matches(term.Get("labelSelector"), to.Labels)
}

// constraint counts only spreads that cover both pods.
func constraint(of, to *Workload) Distance {
	best := Together
	for _, c := range of.Pod.Get("topologySpreadConstraints").Items() {
		if !Matches(c.Get("labelSelector"), of.Labels) || !Matches(c.Get("labelSelector"), to.Labels) {
			continue
		}
		if c.Get("whenUnsatisfiable").Text() == "ScheduleAnyway" {
			best = max(best, Rather)
		} else {
			best = Surely
		}
	}
	return best
}

// pinnedApart says whether node selectors exclude a common node.
func pinnedApart(a, b *Workload) bool {
	x, y := a.Pod.Get("nodeSelector").Map(), b.Pod.Get("nodeSelector").Map()
	if x[hostname] == "" && a.Pod.Get("nodeName").Text() != "" {
		x[hostname] = a.Pod.Get("nodeName").Text()
	}
	if y[hostname] == "" && b.Pod.Get("nodeName").Text() != "" {
		y[hostname] = b.Pod.Get("nodeName").Text()
	}
	for key, value := range x {
		if other, ok := y[key]; ok && other != value {
			return true
		}
	}
	return requiredApart(a, b)
}

// requiredApart compares required node affinities of one term each.
func requiredApart(a, b *Workload) bool {
	values := func(w *Workload) map[string][]string {
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
func Apart(g *Group, key string) bool {
	all := g.Pods()
	all = all[:min(len(all), 64)] // no group is larger; a hostile input may be
	for i := range all {
		for j := i + 1; j < len(all); j++ {
			if key == hostname && Between(all[i], all[j]) != Surely || key != hostname && !byKey(all[i], all[j], key) {
				return false
			}
		}
	}
	return true
}

// byKey says whether a required rule on a topology key keeps two pods apart.
func byKey(a, b *Workload, key string) bool {
	for _, side := range [][2]*Workload{{a, b}, {b, a}} {
		of, to := side[0], side[1]
		for _, term := range of.Pod.Get("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Items() {
			if term.Get("topologyKey").Text() == key && matchesTerm(term, of, to) {
				return true
			}
		}
		for _, c := range of.Pod.Get("topologySpreadConstraints").Items() {
			covers := Matches(c.Get("labelSelector"), of.Labels) && Matches(c.Get("labelSelector"), to.Labels)
			if covers && c.Get("topologyKey").Text() == key && c.Get("whenUnsatisfiable").Text() != "ScheduleAnyway" {
				return true
			}
		}
	}
	return pinnedBy(a, b, key)
}

// pinnedBy says whether node selectors place two pods in different domains of a topology key.
func pinnedBy(a, b *Workload, key string) bool {
	x, y := a.Pod.Get("nodeSelector").Map()[key], b.Pod.Get("nodeSelector").Map()[key]
	return x != "" && y != "" && x != y
}

// Spread says whether the brokers of a group run in different pods.
func (g *Group) Spread() bool {
	for _, b := range g.Brokers[1:] {
		if b.Workload != g.Brokers[0].Workload || b.Index != g.Brokers[0].Index {
			return true
		}
	}
	return false
}
