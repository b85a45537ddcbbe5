// Package history is the record of one run: what was sent, found, delivered and probed, and when which
// fault was on. It is the hub where the workload, the conductor, the judge and the reports meet, so it
// imports nothing of theirs and nothing of Kubernetes or RocketMQ.
package history
