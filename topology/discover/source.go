package discover

import (
	"context"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Reporter asks every server of the cluster what it says now. The workload's agent does.
type Reporter interface {
	Topology(ctx context.Context) (agentapi.Reported, error)
}

// Source discovers the cluster in one namespace.
type Source struct {
	Client    kubernetes.Interface
	Namespace string
	Reporter  Reporter
	// AgentNamespace is where the load's agent runs; empty: beside the cluster.
	AgentNamespace string
}

// Look is a snapshot and what it was made of.
type Look struct {
	topology.Snapshot
	Reported agentapi.Reported
	Pods     []corev1.Pod // of the namespace, all of them, and the agent's
}

// Look asks the servers and the API server now. The pods are listed after the servers were asked, so that a server that
// answered is found unless it has gone since.
func (s Source) Look(ctx context.Context) (Look, error) {
	reported, err := s.Reporter.Topology(ctx)
	if err != nil {
		return Look{}, fmt.Errorf("ask the cluster's servers: %w", err)
	}
	o, err := s.objects(ctx)
	if err != nil {
		return Look{}, err
	}
	if err := s.addAgent(ctx, &o); err != nil {
		return Look{}, err
	}
	snapshot := topology.Snapshot{At: reported.At, Processes: join(reported, o)}
	return Look{Snapshot: snapshot, Reported: reported, Pods: o.pods}, nil
}

// objects are what the API server knows of the namespace.
type objects struct {
	pods     []corev1.Pod
	services []corev1.Service
	owners   map[string]topology.Owner // of ReplicaSets, by their name
}

func (s Source) objects(ctx context.Context) (objects, error) {
	pods, err := s.Client.CoreV1().Pods(s.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return objects{}, fmt.Errorf("list the pods of namespace %s: %w", s.Namespace, err)
	}
	services, err := s.Client.CoreV1().Services(s.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return objects{}, fmt.Errorf("list the services of namespace %s: %w", s.Namespace, err)
	}
	sets, err := s.Client.AppsV1().ReplicaSets(s.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return objects{}, fmt.Errorf("list the ReplicaSets of namespace %s: %w", s.Namespace, err)
	}
	o := objects{pods: pods.Items, services: services.Items, owners: map[string]topology.Owner{}}
	for _, set := range sets.Items {
		o.owners[set.Name] = controller(set.OwnerReferences)
	}
	return o, nil
}

// addAgent adds the agent's pod, where it lives in a namespace of its own: faults tell it from others, and none may stop it.
func (s Source) addAgent(ctx context.Context, o *objects) error {
	if s.AgentNamespace == "" || s.AgentNamespace == s.Namespace {
		return nil
	}
	pods, err := s.Client.CoreV1().Pods(s.AgentNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list the pods of namespace %s: %w", s.AgentNamespace, err)
	}
	for _, p := range pods.Items {
		if slices.ContainsFunc(p.Spec.Containers, func(c corev1.Container) bool { return KindOf(&c) == topology.Agent }) {
			o.pods = append(o.pods, p)
		}
	}
	return nil
}

// owner is the pod's controller. That of a Deployment's pod is a ReplicaSet, which comes and goes with each change.
func (o objects) owner(pod *corev1.Pod) topology.Owner {
	owner := controller(pod.OwnerReferences)
	if above := o.owners[owner.Name]; owner.Kind == "ReplicaSet" && above.Kind != "" {
		return above
	}
	return owner
}

func controller(references []metav1.OwnerReference) topology.Owner {
	for _, r := range references {
		if r.Controller != nil && *r.Controller {
			return topology.Owner{Kind: r.Kind, Name: r.Name}
		}
	}
	return topology.Owner{}
}
