// Package agent is the workload inside the cluster: it runs a load with its consumer and probes, writes every result
// through to a log before anything else is done with it, and serves the log and the cluster's state over HTTP. A killed
// agent forgets no acknowledgement; a restarted one serves what it knew and never resumes a load.
package agent
