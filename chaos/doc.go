// Package chaos makes faults: it does one thing to a cluster, proves that it was done to the target and
// to nothing else, and heals it. It imports nothing of ours; Cluster is what it needs of a cluster.
package chaos
