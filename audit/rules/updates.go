package rules

import (
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/node"
)

// posOf shortens signatures.
type posOf = node.Pos

// updates: what a change of the template does.
var updates = []Rule{
	{
		ID: "parallel-roll", Severity: Warning, Title: "A roll that takes several members at once",
		Explain: "With maxUnavailable above 1, or with Parallel management and no readiness probe to wait for, a roll ends more than " +
			"one member of a group or quorum before the first is back: writes stop, and copies that were not in sync are lost " +
			"to the election.",
		Source:  "Kubernetes docs: StatefulSet, maximum unavailable pods; Parallel pod management",
		Example: Example{On: "dledger", Sound: "updateStrategy: {type: RollingUpdate}", Broken: "updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 2}}"},
		check:   parallelRoll,
	},
	{
		ID: "on-delete", Severity: Warning, Title: "Changes that take no effect until a pod is deleted by hand",
		Explain: "With OnDelete a new image or setting waits for somebody to delete each pod. A pod that is moved meanwhile comes back " +
			"with the new template, so that a cluster runs two versions without anybody having decided so.",
		Source:  "Kubernetes docs: StatefulSet, update strategies",
		Example: Example{On: "dledger", Sound: "updateStrategy: {type: RollingUpdate}", Broken: "updateStrategy: {type: OnDelete}"},
		check: func(r *run) {
			for _, w := range r.Workloads {
				if v := w.Spec.Get("updateStrategy", "type"); v.Text() == "OnDelete" {
					r.report(w.Object, v.Pos(), "updateStrategy: {type: RollingUpdate}", "A change takes effect pod by pod, whenever one happens to be made anew.")
				}
			}
		},
	},
}

func parallelRoll(r *run) {
	most := members(r)
	for _, w := range r.Workloads {
		v := w.Spec.Get("updateStrategy", "rollingUpdate", "maxUnavailable")
		if most[w] < 2 || w.Object.Kind != "StatefulSet" || w.Spec.Get("updateStrategy", "type").Text() == "OnDelete" {
			continue
		}
		n, ok := amount(v.Text(), w.Replicas, true)
		switch {
		case ok && n > 1:
			r.report(w.Object, v.Pos(), "maxUnavailable: 1", "A roll ends %d of its %d members at once.", min(n, w.Replicas), w.Replicas)
		case w.Spec.Get("podManagementPolicy").Text() == "Parallel" && !ready(w) && w.Spec.Get("minReadySeconds").Text() == "":
			r.report(w.Object, w.Spec.Get("podManagementPolicy").Pos(), "a readiness probe, or minReadySeconds", "Parallel management without a readiness probe: a roll goes on to the next of its %d members as soon as the process of the last one exists.", w.Replicas)
		}
	}
}

// members counts for each workload the pods that stand in for one another.
func members(r *run) map[*model.Workload]int {
	most := map[*model.Workload]int{}
	r.groups(func(g *model.Group) {
		n := map[*model.Workload]int{}
		for _, b := range g.Brokers {
			n[b.Workload]++
			most[b.Workload] = max(most[b.Workload], n[b.Workload])
		}
	})
	for _, c := range r.Clusters {
		for _, p := range append(append([]*model.Process{}, c.Controllers...), c.NameServers...) {
			most[p.Workload] = max(most[p.Workload], p.Workload.Replicas)
		}
	}
	return most
}

func ready(w *model.Workload) bool {
	for _, c := range w.Containers {
		if c.Value.Get("readinessProbe").Exists() {
			return true
		}
	}
	return false
}
