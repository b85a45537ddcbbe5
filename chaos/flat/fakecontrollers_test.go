package flat

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"
)

// reconcile lets the fake controllers act until nothing changes.
func (f *fakeCluster) reconcile() {
	for changed := true; changed; {
		changed = f.collectGarbage()
		for _, s := range f.sets() {
			for _, name := range podNames(&s) {
				changed = f.keepPod(&s, name) || changed
			}
		}
		for _, p := range f.pods() {
			changed = f.schedule(&p) || changed
		}
		for _, p := range f.pods() {
			changed = f.probe(&p) || changed
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (f *fakeCluster) sets() []appsv1.StatefulSet {
	kind := schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "StatefulSet"}
	return must(f.client.Tracker().List(setsResource, kind, "rocketmq")).(*appsv1.StatefulSetList).Items
}

func (f *fakeCluster) pods() []corev1.Pod {
	kind := schema.GroupVersionKind{Version: "v1", Kind: "Pod"}
	return must(f.client.Tracker().List(podsResource, kind, "rocketmq")).(*corev1.PodList).Items
}

func (f *fakeCluster) nodes() []corev1.Node {
	kind := schema.GroupVersionKind{Version: "v1", Kind: "Node"}
	return must(f.client.Tracker().List(nodesResource, kind, "")).(*corev1.NodeList).Items
}

func (f *fakeCluster) pod(name string) *corev1.Pod {
	obj, err := f.client.Tracker().Get(podsResource, "rocketmq", name)
	if err != nil {
		return nil
	}
	return obj.(*corev1.Pod)
}

// collectGarbage removes pods whose StatefulSet is no more.
func (f *fakeCluster) collectGarbage() (changed bool) {
	for _, p := range f.pods() {
		owner := metav1.GetControllerOf(&p)
		if owner == nil || owner.Kind != "StatefulSet" {
			continue
		}
		if !slices.ContainsFunc(f.sets(), func(s appsv1.StatefulSet) bool { return s.UID == owner.UID }) {
			must(0, f.client.Tracker().Delete(podsResource, "rocketmq", p.Name))
			changed = true
		}
	}
	return changed
}

// keepPod makes a missing pod, and replaces one of an old template, but, as the real controller, only a ready one.
func (f *fakeCluster) keepPod(s *appsv1.StatefulSet, name string) bool {
	p := f.pod(name)
	if p == nil {
		must(0, f.client.Tracker().Create(podsResource, f.newPod(s, name), "rocketmq"))
		return true
	}
	if p.Spec.Containers[0].Image == s.Spec.Template.Spec.Containers[0].Image || !ready(p) {
		return false
	}
	must(0, f.client.Tracker().Delete(podsResource, "rocketmq", name))
	return true
}

func (f *fakeCluster) newPod(s *appsv1.StatefulSet, name string) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: "rocketmq", UID: f.newUID(name), Labels: s.Spec.Template.Labels,
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "StatefulSet", Name: s.Name, UID: s.UID, Controller: ptr.To(true)}},
		},
		Spec:   *s.Spec.Template.Spec.DeepCopy(),
		Status: corev1.PodStatus{Phase: corev1.PodPending},
	}
	if s.Spec.Template.Labels[componentLabel] == "broker" {
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "data", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data-" + name},
		}})
	}
	return p
}

// schedule gives a pod without a node one that may have it, and starts it there.
func (f *fakeCluster) schedule(p *corev1.Pod) bool {
	if p.Spec.NodeName != "" {
		return false
	}
	node := f.nodeFor(p)
	if node == "" {
		return false
	}
	main := p.Spec.Containers[0]
	healthy := corev1.ConditionTrue
	if f.broken[main.Image] {
		healthy = corev1.ConditionFalse
	}
	p.Spec.NodeName, p.Status.Phase = node, corev1.PodRunning
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: healthy}}
	f.serial++
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: main.Name, Image: main.Image, ContainerID: fmt.Sprintf("containerd://%d", f.serial)}}
	must(0, f.client.Tracker().Update(podsResource, p, "rocketmq"))
	return true
}

// probe lets a master's readiness follow its slave's.
func (f *fakeCluster) probe(p *corev1.Pod) bool {
	if !f.inSync || p.Labels["role"] != "master" || len(p.Status.Conditions) == 0 || f.broken[p.Spec.Containers[0].Image] {
		return false
	}
	slave, want := f.pod(p.Labels["group"]+"-slave-0"), corev1.ConditionFalse
	if slave != nil && ready(slave) {
		want = corev1.ConditionTrue
	}
	if p.Status.Conditions[0].Status == want {
		return false
	}
	p.Status.Conditions[0].Status = want
	must(0, f.client.Tracker().Update(podsResource, p, "rocketmq"))
	return true
}

func (f *fakeCluster) nodeFor(p *corev1.Pod) string {
	tied := ""
	for _, claim := range claimsOf(p) {
		pv, err := f.client.Tracker().Get(schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumes"}, "", "pv-"+claim[5:len(claim)-2])
		if err != nil {
			return ""
		}
		if a := pv.(*corev1.PersistentVolume).Spec.NodeAffinity; a != nil {
			tied = a.Required.NodeSelectorTerms[0].MatchExpressions[0].Values[0]
		}
	}
	load := map[string]int{}
	for _, q := range f.pods() {
		load[q.Spec.NodeName]++
	}
	best := ""
	for _, n := range f.nodes() {
		fits := !n.Spec.Unschedulable && n.Name != "cp" && (tied == "" || tied == n.Name)
		if fits && (best == "" || load[n.Name] < load[best]) {
			best = n.Name
		}
	}
	return best
}

// share takes the node affinity off every volume, as a shared storage class has it.
func (f *fakeCluster) share() *fakeCluster {
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

// replacePod is what somebody else does to a bystander.
func (f *fakeCluster) replacePod(name string) {
	must(0, f.client.Tracker().Delete(podsResource, "rocketmq", name))
	f.reconcile()
}

// state is what healing has to bring back: which nodes take pods, which sets there are with which image, and which
// pods run.
func (f *fakeCluster) state() map[string]string {
	s := map[string]string{}
	for _, n := range f.nodes() {
		s["node "+n.Name] = fmt.Sprintf("unschedulable=%t mark=%q", n.Spec.Unschedulable, n.Annotations[cordonMark])
	}
	for _, set := range f.sets() {
		s["set "+set.Name] = set.Spec.Template.Spec.Containers[0].Image
	}
	for _, p := range f.pods() {
		s["pod "+p.Name] = fmt.Sprint(p.Status.Phase, p.Spec.Containers)
	}
	return s
}
