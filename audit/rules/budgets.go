package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// budgets: that maintenance takes one copy at a time, and can go on.
var budgets = []Rule{
	{
		ID: "no-disruption-budget", Severity: Warning, Title: "No PodDisruptionBudget",
		Explain: "Draining nodes for an upgrade evicts every pod at once that no budget protects: both copies of a group, all " +
			"NameServers, a controller's majority.",
		Source:  "Kubernetes docs: disruptions, PodDisruptionBudget",
		Example: Example{On: "static", Sound: "selector: {matchLabels: {app: broker, group: broker-b}} # budget b", Broken: "selector: {matchLabels: {app: broker, group: broker-x}}"},
		check:   noBudget,
	},
	{
		ID: "budget-blocks-drain", Severity: Warning, Title: "A PodDisruptionBudget that never allows an eviction",
		Explain: "With maxUnavailable 0, or minAvailable equal to the number of pods, kubectl drain waits for ever: node upgrades " +
			"stop, until somebody deletes the budget or the pod by hand.",
		Source:  "Kubernetes docs: disruptions, PodDisruptionBudget",
		Example: Example{On: "static", Sound: "maxUnavailable: 1 # nameservers", Broken: "maxUnavailable: 0"},
		check: func(r *run) {
			for _, b := range r.Budgets {
				total := 0
				for _, w := range r.Covered(b) {
					total += w.Replicas
				}
				if total > 0 && concerns(r, b) && !allows(b, total) {
					r.report(b.Object, b.Object.Value.Get("spec").Pos(), "maxUnavailable: 1", "It allows no eviction of its %s: a drain of their nodes never ends.", plural(total, "pod", "pods"))
				}
			}
		},
	},
	{
		ID: "budgets-overlap", Severity: Warning, Title: "Two PodDisruptionBudgets over one pod",
		Explain: "The eviction API refuses a pod that more than one budget selects: its node cannot be drained.",
		Source:  "Kubernetes docs: API-initiated eviction, 500 for several budgets",
		Example: Example{On: "static", Broken: "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: all, namespace: mq}\nspec: {maxUnavailable: 1, selector: {matchLabels: {app: broker}}}"},
		check: func(r *run) {
			for _, w := range r.Workloads {
				if all := r.BudgetsOf(w); len(all) > 1 {
					r.report(w.Object, all[1].Object.Pos(), "one budget for each set of pods", "%s and %s both select its pods: they cannot be evicted.", all[0].Object, all[1].Object)
				}
			}
		},
	},
}

// concerns says whether a budget covers a RocketMQ workload.
func concerns(r *run, b *model.Budget) bool {
	return slices.ContainsFunc(r.Covered(b), func(w *model.Workload) bool { return len(w.Processes) > 0 })
}

// allows says whether at least one of total pods may be evicted when all are healthy.
func allows(b *model.Budget, total int) bool {
	if n, ok := amount(b.MaxUnavailable, total, true); ok {
		return n > 0
	}
	if n, ok := amount(b.MinAvailable, total, true); ok {
		return n < total
	}
	return true
}

// amount reads a number or a percentage, rounded up as the budget's controller does.
func amount(text string, total int, up bool) (int, bool) {
	if percent, ok := strings.CutSuffix(text, "%"); ok {
		n, err := strconv.Atoi(percent)
		if up {
			return (n*total + 99) / 100, err == nil
		}
		return n * total / 100, err == nil
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// noBudget leaves out a server that stands alone: a budget over one pod can only block.
func noBudget(r *run) {
	for _, c := range r.Clusters {
		for _, p := range append(append([]*model.Process{}, c.NameServers...), standalone(c)...) {
			if model.Pods(c.NameServers) > 1 || p.Role != keys.NameServer {
				unprotected(r, p.Workload, string(p.Role))
			}
		}
		for _, g := range c.Groups {
			for _, w := range g.Workloads() {
				if len(c.Brokers) > 1 {
					unprotected(r, w, "broker")
				}
			}
		}
	}
}

func standalone(c *model.Cluster) []*model.Process {
	var all []*model.Process
	for _, p := range c.Controllers {
		if p.Role == keys.Controller && p.Workload.Replicas > 1 {
			all = append(all, p)
		}
	}
	return all
}

func unprotected(r *run, w *model.Workload, what string) {
	if w.Object.Kind != "DaemonSet" && len(r.BudgetsOf(w)) == 0 {
		r.report(w.Object, w.Object.Pos(), "a PodDisruptionBudget with maxUnavailable: 1 over the "+what+"s that may not be away together", "No PodDisruptionBudget covers its pods: draining several nodes evicts them together with the other %ss.", what)
	}
}
