// Package process has the faults of server processes: what happens to them inside of their pods, which stay.
package process
