package rules

import (
	"slices"

	"github.com/rmqproof/rmqproof/audit/model"
)

// spread: that one node does not hold everything.
var spread = []Rule{
	{
		ID: "copies-share-node", Severity: Warning, Title: "Copies that may run on one node",
		Explain: "Nothing keeps the scheduler from putting all brokers of a group, all NameServers or all controllers on one " +
			"node. Its loss then takes the group with it, copies and all.",
		Source:  "Kubernetes docs: assigning pods to nodes, inter-pod anti-affinity; pod topology spread constraints",
		Example: Example{On: "controller", Sound: "topologySpreadConstraints:\n        - maxSkew: 1", Broken: "tolerations:\n        - maxSkew: 1"},
		check:   func(r *run) { apart(r, model.Together) },
	},
	{
		ID: "copies-prefer-apart", Severity: Info, Title: "Copies that would rather not share a node",
		Explain: "A preference gives way when nodes are short, which is when nodes fail: the copies may then meet on one.",
		Source:  "Kubernetes docs: preferredDuringSchedulingIgnoredDuringExecution; ScheduleAnyway",
		Example: Example{On: "controller", Sound: "whenUnsatisfiable: DoNotSchedule # brokers", Broken: "whenUnsatisfiable: ScheduleAnyway"},
		check:   func(r *run) { apart(r, model.Rather) },
	},
}

// apart reports every set of copies whose closest pair is at the distance.
func apart(r *run, want model.Distance) {
	for _, c := range r.Clusters {
		for _, g := range c.Groups {
			if g.Known() && len(g.Brokers) > 1 {
				closest(r, want, "the brokers of group "+g.Name, g.Pods())
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

func closest(r *run, want model.Distance, what string, all []*model.Workload) {
	least, at := model.Surely, (*model.Workload)(nil)
	for i := range all {
		for j := i + 1; j < len(all) && j < i+16; j++ {
			if d := model.Between(all[i], all[j]); d < least {
				least, at = d, all[j]
			}
		}
	}
	if at == nil || least != want {
		return
	}
	fix := "affinity:\n  podAntiAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n    - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: <labels of all copies>}}"
	if want == model.Rather {
		r.report(at.Object, at.Where("affinity"), fix, "Nothing but a preference keeps %s on different nodes.", what)
		return
	}
	r.report(at.Object, at.Where("affinity"), fix, "Nothing keeps %s from running on one node: its loss takes all of them.", what)
}
