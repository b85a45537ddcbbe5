package fake

import (
	"slices"

	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// contend lets a pod that was put on a node wait for a volume that another pod has, as the attach controller does.
func (f *Cluster) contend(p *corev1.Pod) bool {
	events := schema.GroupVersionResource{Version: "v1", Resource: "events"}
	if p.Spec.NodeName == "" || p.Status.Phase != "" || p.DeletionTimestamp != nil {
		return false
	}
	if _, err := f.client.Tracker().Get(events, Namespace, p.Name); err == nil {
		must(0, f.client.Tracker().Delete(events, Namespace, p.Name))
	}
	p.Status.Phase = corev1.PodPending
	must(0, f.client.Tracker().Update(podsResource, p, Namespace))
	for _, q := range f.pods() {
		wants := func(claim string) bool { return slices.Contains(kube.ClaimsOf(p), claim) }
		if q.Name != p.Name && q.Spec.NodeName != p.Spec.NodeName && slices.ContainsFunc(kube.ClaimsOf(&q), wants) {
			must(0, f.client.Tracker().Create(events, &corev1.Event{
				ObjectMeta: metav1.ObjectMeta{Name: p.Name, Namespace: Namespace}, Reason: "FailedAttachVolume",
				Message:        "Multi-Attach error for volume: it is already used by pod(s) " + q.Name,
				InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: p.Name, UID: p.UID},
			}, Namespace))
		}
	}
	return true
}
