package fake

import (
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos/kube"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"
)

// reconcile lets the fake controllers act until nothing changes.
func (f *Cluster) reconcile() {
	for changed := true; changed; {
		changed = f.collectGarbage() || f.expel() || f.settleClaims()
		for _, s := range f.sets() {
			changed = f.keepSet(&s) || changed
		}
		for _, p := range f.pods() {
			changed = f.schedule(&p) || f.contend(&p) || changed
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

func (f *Cluster) sets() []appsv1.StatefulSet {
	kind := schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "StatefulSet"}
	return must(f.client.Tracker().List(setsResource, kind, Namespace)).(*appsv1.StatefulSetList).Items
}

func (f *Cluster) pods() []corev1.Pod {
	kind := schema.GroupVersionKind{Version: "v1", Kind: "Pod"}
	return must(f.client.Tracker().List(podsResource, kind, Namespace)).(*corev1.PodList).Items
}

func (f *Cluster) nodes() []corev1.Node {
	kind := schema.GroupVersionKind{Version: "v1", Kind: "Node"}
	return must(f.client.Tracker().List(nodesResource, kind, "")).(*corev1.NodeList).Items
}

// Pod returns a pod, or nil.
func (f *Cluster) Pod(name string) *corev1.Pod {
	obj, err := f.client.Tracker().Get(podsResource, Namespace, name)
	if err != nil {
		return nil
	}
	return obj.(*corev1.Pod)
}

// collectGarbage removes pods whose StatefulSet is no more.
func (f *Cluster) collectGarbage() (changed bool) {
	for _, p := range f.pods() {
		owner := metav1.GetControllerOf(&p)
		if owner == nil || owner.Kind != "StatefulSet" {
			continue
		}
		if !slices.ContainsFunc(f.sets(), func(s appsv1.StatefulSet) bool {
			return s.UID == owner.UID && slices.Contains(kube.PodNames(&s), p.Name)
		}) {
			must(0, f.client.Tracker().Delete(podsResource, Namespace, p.Name))
			changed = true
		}
	}
	return changed
}

// expel deletes the pods of nodes with a taint NoExecute, but those of DaemonSets, which tolerate it.
func (f *Cluster) expel() (changed bool) {
	for _, n := range f.nodes() {
		for _, p := range f.pods() {
			owner := metav1.GetControllerOf(&p)
			if p.Spec.NodeName == n.Name && expels(n) && !f.Inert && (owner == nil || owner.Kind != "DaemonSet") {
				must(0, f.client.Tracker().Delete(podsResource, Namespace, p.Name))
				changed = true
			}
		}
	}
	return changed
}

func expels(n corev1.Node) bool {
	return slices.ContainsFunc(n.Spec.Taints, func(t corev1.Taint) bool { return t.Effect == corev1.TaintEffectNoExecute })
}

// keepSet makes what is missing and replaces what is of an old template, the last first: as the real controller, only a
// ready pod, and only once those behind it are ready. A partition keeps it from the pods before.
func (f *Cluster) keepSet(s *appsv1.StatefulSet) (changed bool) {
	names, waits := kube.PodNames(s), false
	for n, name := range slices.Backward(names) {
		p := f.Pod(name)
		switch {
		case p == nil:
			f.provide(s, name)
			must(0, f.client.Tracker().Create(podsResource, f.newPod(s, name), Namespace))
			changed, waits = true, true
		case outdated(p, s) && kube.Ready(p) && !waits && n >= partition(s):
			must(0, f.client.Tracker().Delete(podsResource, Namespace, name))
			changed, waits = true, true
		case !kube.Ready(p):
			waits = true
		}
	}
	return changed
}

func outdated(p *corev1.Pod, s *appsv1.StatefulSet) bool {
	is, should := p.Spec.Containers[0], s.Spec.Template.Spec.Containers[0]
	return is.Image != should.Image || !equality.Semantic.DeepEqual(is.Env, should.Env) || !equality.Semantic.DeepEqual(is.Resources, should.Resources)
}

func partition(s *appsv1.StatefulSet) int {
	if how := s.Spec.UpdateStrategy.RollingUpdate; how != nil && how.Partition != nil {
		return int(*how.Partition)
	}
	return 0
}

func (f *Cluster) newPod(s *appsv1.StatefulSet, name string) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: Namespace, UID: f.newUID(name), Labels: s.Spec.Template.Labels,
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
func (f *Cluster) schedule(p *corev1.Pod) bool {
	if p.Spec.NodeName != "" {
		return false
	}
	main := p.Spec.Containers[0]
	node := f.nodeFor(p)
	if main.Resources.Requests.Memory().Value() > 1<<40 {
		return f.refuse(p)
	}
	if node == "" {
		return false
	}
	healthy := corev1.ConditionTrue
	if f.Broken[main.Image] {
		healthy = corev1.ConditionFalse
	}
	p.Spec.NodeName, p.Status.Phase = node, corev1.PodRunning
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: healthy}}
	f.serial++
	p.Status.PodIPs = []corev1.PodIP{{IP: fmt.Sprintf("10.244.0.%d", f.serial%250+1)}}
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: main.Name, Image: main.Image, ContainerID: fmt.Sprintf("containerd://%d", f.serial)}}
	cripple(p)
	must(0, f.client.Tracker().Update(podsResource, p, Namespace))
	return true
}

// probe lets a master's readiness follow its slave's.
func (f *Cluster) probe(p *corev1.Pod) bool {
	if !f.InSync || p.Labels["role"] != "master" || len(p.Status.Conditions) == 0 || f.Broken[p.Spec.Containers[0].Image] {
		return false
	}
	slave, want := f.Pod(p.Labels["group"]+"-slave-0"), corev1.ConditionFalse
	if slave != nil && kube.Ready(slave) {
		want = corev1.ConditionTrue
	}
	if p.Status.Conditions[0].Status == want {
		return false
	}
	p.Status.Conditions[0].Status = want
	must(0, f.client.Tracker().Update(podsResource, p, Namespace))
	return true
}

func (f *Cluster) nodeFor(p *corev1.Pod) string {
	tied := ""
	for _, claim := range kube.ClaimsOf(p) {
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
		fits := !n.Spec.Unschedulable && !expels(n) && n.Name != "cp" && (tied == "" || tied == n.Name)
		if fits && (best == "" || load[n.Name] < load[best]) {
			best = n.Name
		}
	}
	return best
}
