package nodes

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func TestStaysPut(t *testing.T) {
	ownedBy := func(kind string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{OwnerReferences: []metav1.OwnerReference{{Kind: kind, Controller: ptr.To(true)}}}}
	}
	mirror := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{corev1.MirrorPodAnnotationKey: "x"}}}
	if !staysPut(mirror) || !staysPut(ownedBy("DaemonSet")) || staysPut(ownedBy("StatefulSet")) {
		t.Error("mirror and DaemonSet pods stay on a drained node, a broker does not")
	}
}
