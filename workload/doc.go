// Package workload is the runner's side of the load: it drives the agent inside the cluster over HTTP, and brings the
// agent's operation log into the runner's history while the load runs. The log lies with the agent until it is
// fetched, so that what was acknowledged survives the death of either side and every break between them.
package workload
