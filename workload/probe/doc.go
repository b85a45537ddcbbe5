// Package probe measures when a broker group serves: at a fixed pace it sends a message to the group's master, each
// with its own short deadline, whatever became of the ones before. It has connections of its own and finds a master
// that has moved within a tenth of a second, so that what it measures is the cluster and not a client library.
package probe
