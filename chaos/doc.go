// Package chaos says what a fault is: it does one thing to a cluster, proves that this was done to the target and to
// nothing else, and heals it. The faults themselves stand in packages of their own, one a kind. This one knows
// neither Kubernetes nor RocketMQ.
package chaos
