// Package suites holds the specs: what a RocketMQ cluster is put through, one subject a file. They need a machine on
// which a kind cluster can run, so they are compiled with the build tag e2e only.
package suites
