// Package flat is the faults as they were before they got packages of their own; it goes away. It makes faults: it does one thing to a cluster, proves that it was done to the target and
// to nothing else, and heals it. It imports nothing of ours; Cluster is what it needs of a cluster.
package flat
