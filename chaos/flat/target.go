package flat

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Role is what a process does in the cluster.
type Role int

// Masters and Slaves are told apart by the broker id that the NameServers report, not by a label: in a cluster
// that elects its masters only the former is true.
const (
	Masters Role = iota
	Slaves
	NameServers
)

func (r Role) String() string { return [...]string{"master", "slave", "NameServer"}[r] }

// Pick says how many of those that match are hit.
type Pick int

// One hits the first by name, the same one every time, so that runs can be compared; All hits every one.
const (
	One Pick = iota
	All
)

const (
	componentLabel      = "app.kubernetes.io/component"
	nameServerComponent = "nameserver"
	agentComponent      = "agent"
)

// selector says which pods a fault hits. Group is a broker's name and empty for any.
type selector struct {
	of    Role
	pick  Pick
	group string
}

func (s selector) String() string {
	name := s.of.String()
	if s.pick == All {
		name = "all " + name + "s"
	}
	if s.group != "" {
		name += " of " + s.group
	}
	return name
}

// pods returns the pods to hit, sorted by name: at least one.
func (s selector) pods(ctx context.Context, c Cluster) ([]corev1.Pod, error) {
	found, err := s.candidates(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("looking for %s in namespace %s: %w", s, c.Namespace(), err)
	}
	found = slices.DeleteFunc(found, func(p corev1.Pod) bool { return p.DeletionTimestamp != nil })
	if len(found) == 0 {
		return nil, fmt.Errorf("namespace %s has no %s that is not being deleted already: nothing to hit", c.Namespace(), s)
	}
	slices.SortFunc(found, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	if s.pick == One {
		found = found[:1]
	}
	return found, nil
}

func (s selector) candidates(ctx context.Context, c Cluster) ([]corev1.Pod, error) {
	if s.of != NameServers {
		return s.brokers(ctx, c)
	}
	if s.group != "" {
		return nil, fmt.Errorf("a NameServer belongs to no broker group: leave Group %q out", s.group)
	}
	set := labels.Set{componentLabel: nameServerComponent}
	list, err := c.Client().CoreV1().Pods(c.Namespace()).List(ctx, metav1.ListOptions{LabelSelector: set.String()})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

func (s selector) brokers(ctx context.Context, c Cluster) ([]corev1.Pod, error) {
	all, err := c.Brokers(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking the NameServers for the brokers: %w", err)
	}
	var pods []corev1.Pod
	for _, b := range all {
		if (b.ID == 0) != (s.of == Masters) || (s.group != "" && b.Group != s.group) {
			continue
		}
		if b.Pod == "" {
			return nil, fmt.Errorf("broker %s id %d is registered at %s, which is no pod's address", b.Group, b.ID, b.Address)
		}
		p, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, b.Pod, metav1.GetOptions{})
		if err != nil {
			return nil, fmt.Errorf("reading the pod of broker %s id %d: %w", b.Group, b.ID, err)
		}
		pods = append(pods, *p)
	}
	return pods, nil
}
