package chaos

// Need is something that a fault needs of the cluster and that not every cluster offers.
type Need string

// Needs of the faults.
const (
	NodeHelper     Need = "node-helper"
	Evictions      Need = "evictions"
	MovableVolume  Need = "movable-volume"
	TiedVolume     Need = "tied-volume"
	SeveralWorkers Need = "several-workers"
	NFTables       Need = "nftables"
	OwnFileSystem  Need = "own-file-system"
	PacketQueues   Need = "packet-queues"
	TokenBucket    Need = "token-bucket"
	ControlGroups  Need = "control-groups"
	NodePower      Need = "node-power"
	ProcessMemory  Need = "process-memory"
	Slave          Need = "slave"
	StatefulSet    Need = "stateful-set"
)

var sentences = map[Need]string{
	NodeHelper:     "a short-lived privileged pod of ours on the target's node, in the namespace rmqproof-helpers",
	Evictions:      "an API server that offers evictions",
	MovableVolume:  "a target whose volume can follow its pod to another node",
	TiedVolume:     "a target whose volume is tied to its node",
	SeveralWorkers: "a second node that takes the target's pod",
	OwnFileSystem:  "a target whose volume is an ext4 or XFS of its own, as a block volume is",
	NFTables:       "nodes whose kernel has nf_tables",
	PacketQueues:   "nodes whose kernel has nfnetlink_queue and iptables' target NFQUEUE",
	TokenBucket:    "nodes whose kernel has the queueing discipline tbf",
	NodePower:      "a cluster whose nodes are containers of an engine on this machine",
	ProcessMemory:  "x86-64 nodes whose kernel lets a privileged process write the memory of another",
	Slave:          "a broker group of more than one broker",
	StatefulSet:    "brokers that a StatefulSet owns",
	ControlGroups:  "nodes whose control groups the helper can write to",
}

// Sentence says what is needed, for the line that tells why an experiment was skipped.
func (n Need) Sentence() string {
	if s, ok := sentences[n]; ok {
		return s
	}
	return string(n)
}
