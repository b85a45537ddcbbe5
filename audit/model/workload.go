package model

import (
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
)

// Workload is an object that makes pods.
type Workload struct {
	Object input.Object
	// Namespace and Name are those of the pods' owner; the operator's resources make several.
	Namespace, Name string
	Replicas        int
	// Scaler is the autoscaler that decides about the replicas, nil for most.
	Scaler *Scaler
	// First is the lowest ordinal of a StatefulSet.
	First  int
	Labels map[string]string
	// Spec is that of the workload, Pod that of its pods.
	Spec, Pod  node.Value
	Containers []*Container
	Init       []*Container
	Volumes    map[string]node.Value
	// Templates are the claims that each pod gets for itself, by name.
	Templates map[string]node.Value
	Processes []*Process

	operated *operated
}

// maxInstances bounds how many pods of one workload are looked at one by one.
const maxInstances = 32

// maxLooked bounds how many pods of all workloads together are looked at one by one. Tests set a smaller one.
var maxLooked = 10000

// workloads adds what an object runs.
func (m *Model) workloads(o input.Object) {
	switch o.Kind {
	case "StatefulSet", "Deployment", "DaemonSet", "ReplicaSet":
		template := o.Value.Get("spec", "template")
		w := newWorkload(o, template.Get("metadata", "labels"), template.Get("spec"))
		w.Replicas, w.Scaler = m.scaled(w)
		m.Workloads = append(m.Workloads, w)
	case "Pod":
		m.Workloads = append(m.Workloads, newWorkload(o, o.Value.Get("metadata", "labels"), o.Value.Get("spec")))
	case "Broker", "NameService", "Controller":
		if strings.HasPrefix(o.APIVersion, "rocketmq.apache.org/") {
			m.operator(o)
		}
	}
}

func newWorkload(o input.Object, labels, pod node.Value) *Workload {
	spec := o.Value.Get("spec")
	w := &Workload{
		Object: o, Namespace: o.Namespace, Name: o.Name, Labels: labels.Map(), Spec: spec, Pod: pod, Replicas: 1,
		Volumes: map[string]node.Value{}, Templates: map[string]node.Value{},
	}
	if n, ok := spec.Get("replicas").Int(); ok && o.Kind != "Pod" && o.Kind != "DaemonSet" {
		w.Replicas = n
	}
	w.First, _ = spec.Get("ordinals", "start").Int()
	for _, v := range pod.Get("volumes").Items() {
		w.Volumes[v.Get("name").Text()] = v
	}
	for _, t := range spec.Get("volumeClaimTemplates").Items() {
		w.Templates[t.Get("metadata", "name").Text()] = t
	}
	for _, c := range pod.Get("initContainers").Items() {
		w.Init = append(w.Init, newContainer(c))
	}
	for _, c := range pod.Get("containers").Items() {
		w.Containers = append(w.Containers, newContainer(c))
	}
	w.presume()
	return w
}

// Stable says whether the pods keep their names.
func (w *Workload) Stable() bool { return w.Object.Kind == "StatefulSet" || w.operated != nil }

// PodName returns the name of the i-th pod, and whether it can be known.
func (w *Workload) PodName(i int) (string, bool) {
	switch w.Object.Kind {
	case "StatefulSet":
		return fmt.Sprintf("%s-%d", w.Name, w.First+i), true
	case "Pod":
		return w.Name, true
	}
	if w.operated != nil {
		return fmt.Sprintf("%s-%d", w.Name, i), true
	}
	return "", false
}

// ServiceName is the governing Service of a StatefulSet, or the subdomain of a pod.
func (w *Workload) ServiceName() string {
	if name := w.Spec.Get("serviceName").Text(); name != "" && w.Object.Kind == "StatefulSet" {
		return name
	}
	return w.Pod.Get("subdomain").Text()
}

// Where returns a position in the pod's spec, or the object's own when the field is absent.
func (w *Workload) Where(path ...string) node.Pos {
	if v := w.Pod.Get(path...); v.Exists() {
		return v.Pos()
	}
	return w.Object.Pos()
}

// Annotation returns an annotation of the object or of its pods.
func (w *Workload) Annotation(key string) string {
	if text := w.Object.Value.Get("metadata", "annotations", key).Text(); text != "" {
		return text
	}
	return w.Spec.Get("template", "metadata", "annotations", key).Text()
}
