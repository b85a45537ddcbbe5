package network

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Party is the other side of a cut.
type Party string

// The parties. Clients are the load's agents.
const (
	Peers       Party = "its group's other brokers"
	Brokers     Party = "all other brokers"
	NameServers Party = "the NameServers"
	Controllers Party = "the controllers"
	Clients     Party = "the clients"
	Names       Party = "the cluster's DNS"
)

// The Service by which pods reach DNS, in every cluster that kubeadm or a cloud made.
const namesSpace, namesService = "kube-system", "kube-dns"

// needs are those of a fault towards the party, whose rules need more.
func (y Party) needs(more ...chaos.Need) []chaos.Need {
	if y == Peers {
		more = append(more, chaos.Slave)
	}
	return more
}

// of says that q is of the party, as p sees it.
func (y Party) of(p, q topology.Process) bool {
	if q.Pod == p.Pod {
		return false
	}
	switch y {
	case Peers:
		return q.Kind == topology.Broker && q.Group == p.Group
	case Brokers:
		return q.Kind == topology.Broker
	case NameServers:
		return q.Kind == topology.NameServer
	case Controllers:
		return q.Kind == topology.Controller
	case Clients:
		return q.Kind == topology.Agent
	}
	return false
}

// addresses are those of the party's pods now. A pod that is replaced later has another one, which is not cut.
func (y Party) addresses(ctx context.Context, c kube.Cluster, p topology.Process) ([]netip.Addr, error) {
	if y == Names {
		return dns(ctx, c)
	}
	s, err := c.Snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for %s of %s: %w", y, p, err)
	}
	var all []netip.Addr
	for _, q := range s.Processes {
		if q.Pod == "" || !y.of(p, q) {
			continue
		}
		pod, err := kube.GetPod(ctx, c, q.Pod)
		if err != nil {
			return nil, fmt.Errorf("reading the address of pod %s: %w", q.Pod, err)
		}
		their, err := addressesOf(pod)
		if err != nil {
			return nil, err
		}
		all = append(all, their...)
	}
	slices.SortFunc(all, netip.Addr.Compare)
	if all = slices.Compact(all); len(all) == 0 {
		return nil, fmt.Errorf("the cluster reports nobody who is %s of %s: nothing to cut", y, p)
	}
	return all, nil
}

// addressesOf are a pod's, one of each family.
func addressesOf(pod *corev1.Pod) (all []netip.Addr, err error) {
	for _, ip := range pod.Status.PodIPs {
		a, err := netip.ParseAddr(ip.IP)
		if err != nil {
			return nil, fmt.Errorf("the address of pod %s: %w", pod.Name, err)
		}
		all = append(all, a)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("pod %s has no address yet: packets between it and the target would go on", pod.Name)
	}
	return all, nil
}

// dns is where pods send their questions. The node puts a server's address in its place only outside of the pod.
func dns(ctx context.Context, c kube.Cluster) (all []netip.Addr, err error) {
	s, err := c.Client().CoreV1().Services(namesSpace).Get(ctx, namesService, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("looking for the cluster's DNS: %w", err)
	}
	for _, ip := range s.Spec.ClusterIPs {
		a, err := netip.ParseAddr(ip)
		if err != nil {
			return nil, fmt.Errorf("the address of Service %s/%s is %q: %w", namesSpace, namesService, ip, err)
		}
		all = append(all, a)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("Service %s/%s has no address of its own: nothing to cut", namesSpace, namesService)
	}
	return all, nil
}
