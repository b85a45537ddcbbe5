// Package remoting speaks RocketMQ's remoting protocol, as far as a probe, a scan and a health check need
// it. It is kept apart from the client library that carries the load, so that what the cluster does and
// what that library makes of it can be told apart: one connection per address, requests pipelined on it, each
// bounded by its own context, and no lock held while anything waits for the network.
package remoting
