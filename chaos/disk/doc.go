// Package disk has the faults of volumes: they fail, fill, slow down and change under a server, and are taken from a pod that has
// to get the same ones back.
package disk
