// Package resource has the faults in which a server lacks what it needs of its node: processor, memory, threads, files.
package resource
