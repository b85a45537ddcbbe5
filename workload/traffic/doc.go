// Package traffic sends messages at a set rate whatever becomes of them, and consumes them again. It is the only place
// that uses Apache RocketMQ's client library for Go, as an application would, and it works round that library's defects
// so that each attempt to send is one record with one outcome (see docs/workload.md). Each kind of traffic is one file.
package traffic
