// Package node is the helper that runs in a short-lived privileged pod on a node: a list of verbs that act on the node's
// processes and namespaces, and a lease. When its runner is silent for too long, or its time is over, it undoes what it
// did, says so in its log, and ends. It knows neither Kubernetes nor RocketMQ.
//
// The files of words are what the helper and those who ask it say to each other, on any system. What acts is Linux alone.
package node
