package fake

import (
	"slices"

	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	claimsResource  = schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}
	volumesResource = schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumes"}
)

// condemn deletes a claim as the API server does: while a pod uses it, it stays.
func (f *Cluster) condemn(name string) error {
	obj, err := f.client.Tracker().Get(claimsResource, Namespace, name)
	if err != nil {
		return err
	}
	claim := obj.(*corev1.PersistentVolumeClaim)
	now := metav1.Now()
	claim.DeletionTimestamp, claim.Finalizers = &now, []string{"kubernetes.io/pvc-protection"}
	return f.client.Tracker().Update(claimsResource, claim, Namespace)
}

// settleClaims lets claims go that nobody uses any more, with their volumes unless these are kept, and binds those that name a volume.
func (f *Cluster) settleClaims() (changed bool) {
	list := must(f.client.Tracker().List(claimsResource, claimsResource.GroupVersion().WithKind("PersistentVolumeClaim"), Namespace)).(*corev1.PersistentVolumeClaimList)
	for i := range list.Items {
		claim := &list.Items[i]
		switch {
		case claim.DeletionTimestamp != nil && !f.used(claim.Name):
			f.dropClaim(claim)
			changed = true
		case claim.DeletionTimestamp == nil && claim.Status.Phase != corev1.ClaimBound:
			changed = f.bindClaim(claim) || changed
		}
	}
	return changed
}

func (f *Cluster) used(claim string) bool {
	return slices.ContainsFunc(f.pods(), func(p corev1.Pod) bool { return slices.Contains(kube.ClaimsOf(&p), claim) })
}

func (f *Cluster) dropClaim(claim *corev1.PersistentVolumeClaim) {
	must(0, f.client.Tracker().Delete(claimsResource, Namespace, claim.Name))
	obj, err := f.client.Tracker().Get(volumesResource, "", claim.Spec.VolumeName)
	if err == nil && obj.(*corev1.PersistentVolume).Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimRetain {
		must(0, f.client.Tracker().Delete(volumesResource, "", claim.Spec.VolumeName))
	}
}

func (f *Cluster) bindClaim(claim *corev1.PersistentVolumeClaim) bool {
	obj, err := f.client.Tracker().Get(volumesResource, "", claim.Spec.VolumeName)
	if err != nil || obj.(*corev1.PersistentVolume).Spec.ClaimRef != nil {
		return false
	}
	pv := obj.(*corev1.PersistentVolume)
	pv.Spec.ClaimRef = &corev1.ObjectReference{Name: claim.Name, Namespace: Namespace, UID: claim.UID}
	claim.Status.Phase = corev1.ClaimBound
	must(0, f.client.Tracker().Update(volumesResource, pv, ""))
	must(0, f.client.Tracker().Update(claimsResource, claim, Namespace))
	return true
}
