// Package kube is what the faults share about Kubernetes: the cluster as a client, targets as pods, and how a pod, a
// StatefulSet or a node is read, described and waited for.
package kube
