// Package nodes has the faults of nodes, and the cordon that other faults use to make a pod move.
package nodes
