package rules

import "strings"

// Consequence is what a mistake leads to, by which a reader decides what to mend first.
type Consequence string

// The consequences, the worst first.
const (
	NotStarting Consequence = "does-not-start"
	LosesAll    Consequence = "loses-everything"
	LosesSome   Consequence = "loses-seconds"
	GoesDown    Consequence = "goes-down"
	Costs       Consequence = "costs"
)

// Consequences lists them in order, each as a heading.
var Consequences = []struct {
	Consequence Consequence
	Title       string
}{
	{NotStarting, "Does not start, or does not work as it is written"},
	{LosesAll, "Loses everything that lies in one place, or hides it"},
	{LosesSome, "Loses the last seconds of acknowledged messages"},
	{GoesDown, "Goes down, or comes back late"},
	{Costs, "Costs whoever operates it"},
}

// Rank orders consequences, the worst first.
func (c Consequence) Rank() int {
	for i, each := range Consequences {
		if each.Consequence == c {
			return i
		}
	}
	return len(Consequences)
}

// consequences of the rules that differ from the others of their category and severity.
var consequences = map[Consequence]string{
	NotStarting: "no-fs-group slave-id-zero quorum-not-resolvable shared-volume memory-above-limit home-mismatch conf-hidden " +
		"config-missing prints-and-exits placeholder-left invalid-value in-sync-unreachable bug-6926 bug-7523 controller-missing " +
		"service-port-wrong service-selects-nothing governing-service unknown-key key-in-wrong-file config-unread",
	LosesAll: "duplicate-identity master-id-ignored store-root-lost store-mount-unused host-path-store volume-class-deletes claims-deleted " +
		"transient-pool tiered-in-memory autoscaled unclean-election slave-without-master master-without-slave bug-5745",
	LosesSome: "async-flush-one-copy async-replication sync-master-without-ack controller-weak-ack controller-min-in-sync-one auto-in-sync-degrades " +
		"flush-at-ease status-after-timeout bug-2706",
	GoesDown: "namesrv-one-name disk-too-small disk-below-retention pretouch-above-request no-memory-request no-page-cache sigterm-swallowed " +
		"grace-too-short bug-9689 bug-9897 bug-9717 bug-7626 bug-8032 acting-master-half controller-store-lost mixed-versions brokers-balanced",
	Costs: "java-opts-ignored variable-without-effect repeated-key budget-blocks-drain budgets-overlap on-delete unpinned-image",
}

// ofRule is the same table by rule.
var ofRule = func() map[string]Consequence {
	all := map[string]Consequence{}
	for c, ids := range consequences {
		for _, id := range strings.Fields(ids) {
			all[id] = c
		}
	}
	return all
}()

// Consequence says what the mistake leads to.
func (r Rule) Consequence() Consequence {
	if c, ok := ofRule[r.ID]; ok {
		return c
	}
	severe := r.Severity == Error
	switch {
	case r.Category == "durability" && severe, r.Category == "versions" && severe:
		return LosesAll
	case r.Category == "durability":
		return LosesSome
	case (r.Category == "identity" || r.Category == "availability" || r.Category == "resources") && severe:
		return NotStarting
	case r.Category == "security":
		return Costs
	}
	return GoesDown
}
