// Package change has the faults that are changes somebody makes on purpose: another image while the cluster serves.
package change
