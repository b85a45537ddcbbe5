package discover

import (
	"cmp"
	"net"
	"slices"
	"strconv"

	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	corev1 "k8s.io/api/core/v1"
)

// joined collects processes, and which containers have been seen to run which kind.
type joined struct {
	objects
	list []topology.Process
	seen map[string]bool
}

// join puts what the servers report and what the API server knows together.
func join(reported agentapi.Reported, o objects) []topology.Process {
	j := joined{objects: o, seen: map[string]bool{}}
	for _, s := range reported.NameServers {
		j.add(unknown(topology.NameServer, s.Address, s.Error), s.Host)
	}
	for _, b := range reported.Brokers {
		j.add(broker(b), "")
	}
	for _, c := range reported.Controllers {
		p := unknown(topology.Controller, c.Address, c.Error)
		if p.Role = topology.Follower; c.Leader {
			p.Role, p.Leader = topology.Leader, true
		}
		if c.Error != "" && !c.Leader {
			p.Role = ""
		}
		j.add(p, c.Host)
	}
	j.unreported()
	slices.SortStableFunc(j.list, func(a, b topology.Process) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Pod, b.Pod), cmp.Compare(a.ID, b.ID))
	})
	return j.list
}

func broker(b agentapi.Broker) topology.Process {
	return topology.Process{
		Kind: topology.Broker, Address: b.Address, Version: b.Version, Group: b.Group, ID: b.ID, Role: topology.Role(b.Role), Epoch: b.Epoch,
		InSync: b.InSync, Writable: b.Writable, Behind: b.Behind, Error: b.Error,
	}
}

func unknown(kind topology.Kind, address, problem string) topology.Process {
	return topology.Process{
		Kind: kind, Address: address, ID: topology.Unknown, Epoch: topology.Unknown, Behind: topology.Unknown, Error: problem,
	}
}

// add finds the container of a reported server. One that could not be resolved to an address is found by its name.
func (j *joined) add(p topology.Process, host string) {
	at, why := j.find(p, p.Address)
	if at.pod == nil && host != "" {
		if byName, _ := j.find(p, host); byName.pod != nil {
			at, why = byName, ""
		}
	}
	if p.Address == "" {
		p.Address = host
	}
	if at.pod == nil {
		p.Error = cmp.Or(p.Error, why)
		j.list = append(j.list, p)
		return
	}
	j.seen[at.key(p.Kind)] = true
	j.list = append(j.list, j.fill(p, at))
}

func (at place) key(kind topology.Kind) string {
	return string(at.pod.UID) + "/" + at.container.Name + "/" + string(kind)
}

// fill adds what the API server knows of the process.
func (j *joined) fill(p topology.Process, at place) topology.Process {
	p.Pod, p.UID, p.Node, p.Container = at.pod.Name, string(at.pod.UID), at.pod.Spec.NodeName, at.container.Name
	p.Owner = j.owner(at.pod)
	for _, s := range at.pod.Status.ContainerStatuses {
		if s.Name == at.container.Name && s.State.Running != nil {
			p.ContainerID = s.ContainerID
		}
	}
	return p
}

// unreported adds the servers that nobody reports: proxies, agents, and those that are not up yet or not any more.
func (j *joined) unreported() {
	for i := range j.pods {
		pod := &j.pods[i]
		for n := range pod.Spec.Containers {
			at := place{pod, &pod.Spec.Containers[n]}
			for _, kind := range kindsOf(at.container) {
				if finished(pod) || j.seen[at.key(kind)] {
					continue
				}
				p := j.fill(unknown(kind, at.address(kind), ""), at)
				p.Error = silence(p)
				j.list = append(j.list, p)
			}
		}
	}
}

// silence says what it means that nobody reports the process.
func silence(p topology.Process) string {
	switch {
	case p.ContainerID == "":
		return "its container does not run"
	case p.Kind == topology.Broker:
		return "no NameServer lists it"
	case p.Kind == topology.NameServer:
		return "the agent is not told to use it"
	case p.Kind == topology.Controller:
		return "no broker is told to use it"
	}
	return ""
}

// address is where the server may be reached, where its pod has an IP yet.
func (at place) address(kind topology.Kind) string {
	if at.pod.Status.PodIP == "" {
		return ""
	}
	port := at.port(kind)
	if port == 0 {
		return at.pod.Status.PodIP
	}
	return net.JoinHostPort(at.pod.Status.PodIP, strconv.Itoa(int(port)))
}

// port is where the server listens: its usual port, unless the container declares others only.
func (at place) port(kind topology.Kind) int32 {
	if declared := at.container.Ports; len(declared) > 0 && !declares(at.container, ports[kind]) {
		return first(declared)
	}
	return ports[kind]
}

func first(declared []corev1.ContainerPort) int32 { return declared[0].ContainerPort }
