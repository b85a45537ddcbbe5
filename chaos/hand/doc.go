// Package hand reaches the node helper through Kubernetes: it makes the helper's pod on a node, keeps its lease while this
// process lives, and removes it. It needs the API server alone, so that it works on any cluster.
package hand
