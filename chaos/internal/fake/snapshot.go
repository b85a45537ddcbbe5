package fake

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
)

// Snapshot is what the servers report of themselves.
func (f *Cluster) Snapshot(context.Context) (topology.Snapshot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return topology.Snapshot{}, errDead
	}
	if f.Down {
		return topology.Snapshot{}, errors.New("the agent does not answer")
	}
	s := topology.Snapshot{At: time.Now()}
	for _, p := range f.pods() {
		if kind := topology.Kind(p.Labels[componentLabel]); kind != "" && p.Status.Phase == corev1.PodRunning {
			s.Processes = append(s.Processes, f.process(&p, kind))
		}
	}
	return s, nil
}

func (f *Cluster) process(p *corev1.Pod, kind topology.Kind) topology.Process {
	out := topology.Process{
		Kind: kind, Pod: p.Name, UID: string(p.UID), Node: p.Spec.NodeName, Address: p.Name + ":1",
		ID: topology.Unknown, Epoch: topology.Unknown,
	}
	if len(p.Status.ContainerStatuses) > 0 {
		out.Container, out.ContainerID = p.Status.ContainerStatuses[0].Name, p.Status.ContainerStatuses[0].ContainerID
	}
	if kind != topology.Broker {
		return out
	}
	image := p.Spec.Containers[0].Image
	if f.Broken[image] {
		return out // it is not registered
	}
	out.Group, out.Role, out.InSync = p.Labels["group"], topology.Role(p.Labels["role"]), true
	if role, ok := f.Roles[p.Name]; ok {
		out.Role = role
	}
	if out.ID = 0; out.Role == topology.Slave {
		out.ID, out.Behind = 1, f.Behind[p.Name]
	}
	if out.Version = f.Reports[p.Name]; out.Version == "" {
		out.Version = "V" + image[strings.LastIndexByte(image, ':')+1:]
	}
	return out
}
