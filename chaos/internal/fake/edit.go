package fake

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// EditPod changes what the cluster holds behind the faults' back.
func (f *Cluster) EditPod(name string, edit func(*corev1.Pod)) {
	p := f.Pod(name)
	edit(p)
	must(0, f.client.Tracker().Update(podsResource, p, Namespace))
}

// EditSet changes what the cluster holds behind the faults' back.
func (f *Cluster) EditSet(name string, edit func(*appsv1.StatefulSet)) {
	s := must(f.client.Tracker().Get(setsResource, Namespace, name)).(*appsv1.StatefulSet)
	edit(s)
	must(0, f.client.Tracker().Update(setsResource, s, Namespace))
}

// Images are those of the sets.
func (f *Cluster) Images() map[string]string {
	m := map[string]string{}
	for _, s := range f.sets() {
		m[s.Name] = s.Spec.Template.Spec.Containers[0].Image
	}
	return m
}

// Share takes the node affinity off every volume, as a shared storage class has it.
func (f *Cluster) Share() *Cluster {
	resource := schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumes"}
	for _, s := range f.sets() {
		if obj, err := f.client.Tracker().Get(resource, "", "pv-"+s.Name); err == nil {
			pv := obj.(*corev1.PersistentVolume)
			pv.Spec.NodeAffinity = nil
			must(0, f.client.Tracker().Update(resource, pv, ""))
		}
	}
	return f
}

// ReplacePod is what somebody else does to a bystander.
func (f *Cluster) ReplacePod(name string) {
	must(0, f.client.Tracker().Delete(podsResource, Namespace, name))
	f.reconcile()
}

// Restart gives a pod's containers new ids, as the kubelet does after a crash.
func (f *Cluster) Restart(name string) {
	f.EditPod(name, func(p *corev1.Pod) {
		for n := range p.Status.ContainerStatuses {
			f.serial++
			p.Status.ContainerStatuses[n].ContainerID = fmt.Sprintf("containerd://%d", f.serial)
			p.Status.ContainerStatuses[n].RestartCount++
		}
	})
}

// State is what healing has to bring back: which nodes take pods, which sets there are with which image, which
// pods run, and what helpers hold.
func (f *Cluster) State() map[string]string {
	s := map[string]string{}
	for _, n := range f.nodes() {
		s["node "+n.Name] = fmt.Sprintf("unschedulable=%t mark=%q taints=%v", n.Spec.Unschedulable, n.Annotations["rmqproof/cordoned-by"], n.Spec.Taints)
	}
	for _, set := range f.sets() {
		s["set "+set.Name] = fmt.Sprint(set.Spec.Template.Spec.Containers[0].Image, " ", *set.Spec.Replicas)
	}
	for _, p := range f.pods() {
		s["pod "+p.Name] = fmt.Sprint(p.Status.Phase, p.Spec.Containers)
	}
	f.system(s)
	f.powerOf(s)
	return s
}
