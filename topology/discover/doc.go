// Package discover tells which processes a RocketMQ cluster on Kubernetes consists of: it joins what the servers report
// about each other with the pods of a namespace, by address. It looks at no label, and at no name of ours: a container
// is what listens where a server was reported, or what its image, its command and its ports say that it runs.
package discover
