// Package audit judges any RocketMQ configuration before it runs: what loses acknowledged messages, what takes the
// cluster down, what to change, and what the configuration promises under each kind of failure.
package audit
