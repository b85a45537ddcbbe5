package catalog

import "slices"

// The audit's names of the failures that faults are.
const (
	podKilled = "pod-killed"
	powerOne  = "power-loss-one-node"
	noPromise = "" // the audit says nothing about such a fault
)

// Profiles lists every version of every profile: smoke is what an ordinary run has; pods asks nothing of nodes, volumes and versions, so
// that every configuration with its own storage can be held to it; kill is the smallest question that there is; failover asks what an
// acknowledgement is worth when another takes over; ha has each way in which a server, its node or its network goes away; full adds
// further kinds of each.
func Profiles() []Profile {
	return []Profile{
		{Name: "smoke", Version: 1, Members: slices.Concat(podMembers(), []Member{
			{"drain-node", podKilled}, {"reattach-same-node", podKilled}, {"rolling-upgrade", podKilled}, {"reattach-other-node", podKilled},
		})},
		{Name: "pods", Version: 1, Members: podMembers()},
		{Name: "kill", Version: 1, Members: []Member{{"kill-master", podKilled}}},
		{Name: "failover", Version: 1, Members: []Member{{"behind-kill-master", podKilled}}},
		{Name: "ha", Version: 1, Members: slices.Concat(podMembers(), haMembers(), lastMembers())},
		{Name: "full", Version: 1, Members: slices.Concat(podMembers(), haMembers(), furtherMembers(), lastMembers())},
	}
}

func podMembers() []Member {
	return []Member{{"kill-master", podKilled}, {"delete-nameserver", noPromise}, {"delete-all-nameservers", noPromise}}
}

// haMembers take a server, its node, its network or its machine's resources away.
func haMembers() []Member {
	return []Member{
		{"drain-node", podKilled}, {"reattach-same-node", podKilled},
		{"evict-master", podKilled}, {"kill-master-twice", podKilled}, {"roll-nameservers", noPromise}, {"scale-master-to-zero", podKilled},
		{"sigkill-master", podKilled}, {"sigterm-master", podKilled}, {"sigstop-master", noPromise}, {"crash-master-twice", podKilled},
		{"cut-replication", noPromise}, {"cut-nameservers", noPromise}, {"lose-replication", noPromise}, {"throttle-master", noPromise},
		{"starve-master", noPromise}, {"out-of-memory-master", podKilled},
		{"taint-node", podKilled}, {"power-off-node", powerOne},
		{"sigkill-master-and-nameserver", podKilled}, {"behind-kill-master", podKilled},
	}
}

// furtherMembers are what full has beyond ha.
func furtherMembers() []Member {
	return []Member{
		{"cut-names", noPromise}, {"delay-replication", noPromise}, {"reorder-replication", noPromise}, {"cut-replication-port", noPromise},
		{"reset-clients", noPromise}, {"refuse-replication", noPromise}, {"black-hole-replication", noPromise},
		{"no-threads-master", noPromise}, {"no-files-master", noPromise},
		{"broken-image", noPromise}, {"impossible-request", noPromise}, {"wrong-option", noPromise}, {"canary-nameserver", noPromise}, {"turn-back-upgrade", podKilled},
		{"stop-kubelet", noPromise}, {"freeze-node", noPromise}, {"reboot-node", powerOne},
		{"flapping-replication", noPromise}, {"drawn-faults", podKilled},
	}
}

// lastMembers leave another version, and another place, behind.
func lastMembers() []Member {
	return []Member{{"rolling-upgrade", podKilled}, {"reattach-other-node", podKilled}}
}
