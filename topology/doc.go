// Package topology says which server processes a RocketMQ cluster consists of, and which role each one has at a moment.
//
// A role is never a property of a pod, a label or a broker id: masters are elected, ids are handed out by controllers,
// and pods are replaced. Whoever needs the master of a group asks a Source for a new Snapshot.
package topology
