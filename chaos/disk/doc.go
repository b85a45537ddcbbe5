// Package disk has the faults that take a pod from its volumes and prove that it gets the same ones back.
package disk
