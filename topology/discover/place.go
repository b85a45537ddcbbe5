package discover

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// place is a container of a pod.
type place struct {
	pod       *corev1.Pod
	container *corev1.Container
}

// find returns where a reported server runs. It fails with a reason where no container, or more than one, may be meant.
func (o objects) find(p topology.Process, address string) (place, string) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return place{}, "its address " + address + " has no port"
	}
	n, _ := strconv.ParseInt(port, 10, 32)
	want := wanted{kind: p.Kind, host: host, port: int32(n), answers: p.Error == ""}
	best, score, ties := place{}, 0, 0
	for i := range o.pods {
		pod := &o.pods[i]
		for j := range pod.Spec.Containers {
			c := &pod.Spec.Containers[j]
			switch s := o.score(pod, c, want); {
			case s > score:
				best, score, ties = place{pod, c}, s, 0
			case s == score && s > 0:
				ties++
			}
		}
	}
	switch {
	case score == 0:
		return place{}, "it is registered at " + address + ", which is no pod's address"
	case ties > 0:
		return place{}, "several containers may be the one at " + address
	}
	return best, ""
}

// wanted is a server as it was reported.
type wanted struct {
	kind topology.Kind
	host string
	port int32
	// answers tells a server that runs there now from a registration that may have outlived its pod.
	answers bool
}

// score says how well a container fits a reported server. The address decides about the pod; the declared port and then
// what the container runs decide between containers. 0: it cannot be the one.
func (o objects) score(pod *corev1.Pod, c *corev1.Container, w wanted) int {
	if finished(pod) {
		return 0
	}
	own, port := slices.Contains(addresses(pod), w.host), w.port
	if !own {
		if port = o.forwarded(pod, c, w); port == 0 {
			return 0
		}
	}
	s := likeness(c, port, w)
	if s == 0 && (!w.answers || KindOf(c) != "" || len(pod.Spec.Containers) > 1 || pod.Spec.HostNetwork) {
		return 0 // another container of the pod, a neighbour on the same host, or whoever has a dead pod's address now
	}
	if pod.DeletionTimestamp == nil {
		s += 8 // an address passes from a pod that ends to the next one
	}
	return s + 1
}

// likeness is 0 for a container that does not say what it runs.
func likeness(c *corev1.Container, port int32, w wanted) (s int) {
	if declares(c, port) {
		s += 4
	}
	switch kind := KindOf(c); {
	case kind == w.kind:
		s += 2
	case kind == topology.NameServer && w.kind == topology.Controller, kind == topology.Broker && w.kind == topology.Proxy:
		s++ // one process may be both
	}
	return s
}

func finished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// addresses are a pod's own: its IPs, that of its node where it uses the node's network, and its DNS names.
func addresses(pod *corev1.Pod) (list []string) {
	for _, ip := range pod.Status.PodIPs {
		list = append(list, ip.IP)
	}
	list = append(list, pod.Status.PodIP)
	if pod.Spec.HostNetwork {
		list = append(list, pod.Status.HostIP, pod.Spec.NodeName)
	}
	if pod.Spec.Hostname != "" && pod.Spec.Subdomain != "" {
		name := pod.Spec.Hostname + "." + pod.Spec.Subdomain
		list = append(list, name, name+"."+pod.Namespace, name+"."+pod.Namespace+".svc", name+"."+pod.Namespace+".svc.cluster.local")
	}
	return slices.DeleteFunc(list, func(a string) bool { return a == "" })
}

// forwarded returns the container's port that answers at an address which is not the pod's own, or 0: one that is opened
// on the node for it, or that of a service which leads to this pod alone.
func (o objects) forwarded(pod *corev1.Pod, c *corev1.Container, w wanted) int32 {
	for _, p := range c.Ports {
		if p.HostPort == w.port && p.HostPort != 0 && (w.host == pod.Status.HostIP || w.host == p.HostIP) {
			return p.ContainerPort
		}
	}
	for i := range o.services {
		s := &o.services[i]
		if len(s.Spec.Selector) == 0 || !selects(s, pod) || o.behind(s) != 1 {
			continue
		}
		for _, p := range s.Spec.Ports {
			if leads(s, p, pod, w) {
				return target(p, c)
			}
		}
	}
	return 0
}

// leads says whether host:port is this port of the service, or the one that it opens on the pod's node.
func leads(s *corev1.Service, p corev1.ServicePort, pod *corev1.Pod, w wanted) bool {
	if p.NodePort == w.port && p.NodePort != 0 && w.host == pod.Status.HostIP {
		return true
	}
	hosts := slices.Concat(s.Spec.ClusterIPs, s.Spec.ExternalIPs, []string{s.Spec.ClusterIP, s.Name, s.Name + "." + s.Namespace})
	for _, in := range s.Status.LoadBalancer.Ingress {
		hosts = append(hosts, in.IP, in.Hostname)
	}
	host := strings.TrimSuffix(strings.TrimSuffix(w.host, ".svc.cluster.local"), ".svc")
	return p.Port == w.port && host != "" && slices.Contains(hosts, host)
}

func target(p corev1.ServicePort, c *corev1.Container) int32 {
	for _, declared := range c.Ports {
		if declared.Name != "" && declared.Name == p.TargetPort.StrVal {
			return declared.ContainerPort
		}
	}
	if n := p.TargetPort.IntVal; n != 0 {
		return n
	}
	return p.Port
}

func selects(s *corev1.Service, pod *corev1.Pod) bool {
	return labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(pod.Labels))
}

func (o objects) behind(s *corev1.Service) (n int) {
	for i := range o.pods {
		if !finished(&o.pods[i]) && selects(s, &o.pods[i]) {
			n++
		}
	}
	return n
}
