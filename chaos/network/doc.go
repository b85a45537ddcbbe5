// Package network has the faults of the network between servers, made in the network namespaces of their pods.
package network
