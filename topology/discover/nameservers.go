package discover

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
)

// NameServers lists host:port of every NameServer that runs in a namespace, joined by semicolons, under names that are
// the same after a restart and that every namespace resolves. It fails where one has no such name.
func NameServers(ctx context.Context, client kubernetes.Interface, namespace string) (string, error) {
	o, err := Source{Client: client, Namespace: namespace}.objects(ctx)
	if err != nil {
		return "", err
	}
	var list []string
	for i := range o.pods {
		pod := &o.pods[i]
		for n := range pod.Spec.Containers {
			at := place{pod, &pod.Spec.Containers[n]}
			if finished(pod) || pod.DeletionTimestamp != nil || KindOf(at.container) != topology.NameServer {
				continue
			}
			address, err := o.lasting(at)
			if err != nil {
				return "", err
			}
			list = append(list, address)
		}
	}
	if len(list) == 0 {
		return "", fmt.Errorf("no pod of namespace %s runs a NameServer", namespace)
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ";"), nil
}

// lasting is a NameServer's address that outlives its pod: the pod's own name, a Service that leads to it alone, or its
// node's address.
func (o objects) lasting(at place) (string, error) {
	port := at.port(topology.NameServer)
	pod := at.pod
	for i := range o.services {
		s := &o.services[i]
		if s.Spec.ClusterIP == corev1.ClusterIPNone && s.Name == pod.Spec.Subdomain && pod.Spec.Hostname != "" && selects(s, pod) {
			return inCluster(pod.Spec.Hostname+"."+s.Name, pod.Namespace, port), nil
		}
	}
	for i := range o.services {
		s := &o.services[i]
		if len(s.Spec.Selector) == 0 || !selects(s, pod) || o.behind(s) != 1 {
			continue
		}
		for _, p := range s.Spec.Ports {
			if s.Spec.ClusterIP == corev1.ClusterIPNone || target(p, at.container) == port {
				return inCluster(s.Name, pod.Namespace, servicePort(s, p, port)), nil
			}
		}
	}
	if pod.Spec.HostNetwork && pod.Status.HostIP != "" {
		return net.JoinHostPort(pod.Status.HostIP, strconv.Itoa(int(port))), nil
	}
	return "", fmt.Errorf("NameServer pod %s has no name of its own that outlives it (a StatefulSet with a headless Service gives one, and so does a Service that leads to it alone): "+
		"who asks all NameServers one by one cannot find it again", pod.Name)
}

func inCluster(host, namespace string, port int32) string {
	return net.JoinHostPort(host+"."+namespace+".svc", strconv.Itoa(int(port)))
}

// servicePort is where the Service is reached: a headless one is only a name for the pod.
func servicePort(s *corev1.Service, p corev1.ServicePort, port int32) int32 {
	if s.Spec.ClusterIP == corev1.ClusterIPNone {
		return port
	}
	return p.Port
}
