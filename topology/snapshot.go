package topology

import (
	"context"
	"slices"
	"time"
)

// Source gives snapshots of one cluster.
type Source interface {
	// Snapshot asks the cluster now. A server that does not answer is part of the snapshot and carries an Error; an
	// error is returned only where the snapshot as a whole cannot be told.
	Snapshot(ctx context.Context) (Snapshot, error)
}

// Snapshot is every process of a cluster at a moment, ordered by kind, group, pod and id.
type Snapshot struct {
	At        time.Time
	Processes []Process
}

// Of returns the processes of a kind.
func (s Snapshot) Of(kind Kind) []Process {
	return s.where(func(p Process) bool { return p.Kind == kind })
}

// Masters returns the brokers that are masters now and whose process exists. A group may have none, or for a while two.
func (s Snapshot) Masters() []Process { return s.brokers(Master) }

// Slaves returns the brokers that are slaves now and whose process exists.
func (s Snapshot) Slaves() []Process { return s.brokers(Slave) }

func (s Snapshot) brokers(role Role) []Process {
	return s.where(func(p Process) bool { return p.Kind == Broker && p.Role == role && p.Pod != "" })
}

// Leader returns the leader of the controllers.
func (s Snapshot) Leader() (Process, bool) {
	i := slices.IndexFunc(s.Processes, func(p Process) bool { return p.Kind == Controller && p.Leader })
	if i < 0 {
		return Process{}, false
	}
	return s.Processes[i], true
}

// Group returns the brokers of a broker group.
func (s Snapshot) Group(name string) []Process {
	return s.where(func(p Process) bool { return p.Kind == Broker && p.Group == name })
}

// Groups names the broker groups that any server reports, sorted.
func (s Snapshot) Groups() []string {
	var names []string
	for _, p := range s.Of(Broker) {
		if p.Group != "" {
			names = append(names, p.Group)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ByPod returns the processes in a pod.
func (s Snapshot) ByPod(name string) []Process {
	return s.where(func(p Process) bool { return p.Pod == name })
}

// ByIdentity returns the servers of one process, which are none once it is gone.
func (s Snapshot) ByIdentity(id string) []Process {
	return s.where(func(p Process) bool { return p.Identity() == id })
}

func (s Snapshot) where(keep func(Process) bool) (some []Process) {
	for _, p := range s.Processes {
		if keep(p) {
			some = append(some, p)
		}
	}
	return some
}
