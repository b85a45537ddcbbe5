package fake

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

const componentLabel = "app.kubernetes.io/component"

// furniture is what a fake cluster begins with.
func (f *Cluster) furniture() []runtime.Object {
	objects := []runtime.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "kube-system", UID: "this-cluster"}},
		&corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "kube-dns", Namespace: "kube-system", UID: "dns"},
			Spec:       corev1.ServiceSpec{ClusterIP: "10.96.0.10", ClusterIPs: []string{"10.96.0.10"}},
		},
		fakeNode("cp", map[string]string{"node-role.kubernetes.io/control-plane": ""}),
		&appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "proxy", Namespace: "rocketmq", UID: "ds"}},
		&corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "rmqproof-agent", Namespace: "rocketmq", UID: "agent", Labels: map[string]string{componentLabel: "agent"}},
			Spec:       corev1.PodSpec{NodeName: "cp"}, Status: corev1.PodStatus{Phase: corev1.PodRunning},
		},
		fakeSet("nameserver", 3, map[string]string{componentLabel: "nameserver"}),
	}
	for n := 1; n <= 3; n++ {
		worker := fmt.Sprintf("w%d", n)
		objects = append(objects, fakeNode(worker, nil), fakeProxy(worker))
	}
	for n, name := range []string{"broker-a-master", "broker-a-slave", "broker-b-master", "broker-b-slave"} {
		labels := map[string]string{componentLabel: "broker", "group": name[:8], "role": name[9:]}
		objects = append(objects, fakeSet(name, 1, labels), fakeClaim(name))
		objects = append(objects, fakeVolume(name, []string{"w1", "w2", "w2", "w1"}[n]))
	}
	return objects
}

func fakeNode(name string, labels map[string]string) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID("node-" + name), Labels: labels},
		Status:     corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}},
	}
}

func fakeProxy(node string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "proxy-" + node, Namespace: "rocketmq", UID: types.UID("proxy-" + node),
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: "proxy", UID: "ds", Controller: ptr.To(true)}},
		},
		Spec: corev1.PodSpec{NodeName: node}, Status: corev1.PodStatus{Phase: corev1.PodRunning},
	}
}

func fakeSet(name string, replicas int32, labels map[string]string) *appsv1.StatefulSet {
	container := "broker"
	if labels[componentLabel] == "nameserver" {
		container = "nameserver"
	}
	s := &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "rocketmq", UID: types.UID("set-" + name), ResourceVersion: "7"},
		Spec: appsv1.StatefulSetSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					Containers:     []corev1.Container{{Name: container, Image: ImageA}},
					InitContainers: []corev1.Container{{Name: "tools", Image: "rmqproof/agent:dev"}},
					Volumes:        []corev1.Volume{{Name: "tools", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
				},
			},
		},
	}
	return s
}

func fakeClaim(set string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "data-" + set + "-0", Namespace: "rocketmq", UID: types.UID("claim-" + set)},
		Spec:       corev1.PersistentVolumeClaimSpec{VolumeName: "pv-" + set},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound},
	}
}

func fakeVolume(set, node string) *corev1.PersistentVolume {
	pv := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: "pv-" + set, UID: types.UID("pv-" + set)},
		Spec: corev1.PersistentVolumeSpec{
			Capacity: corev1.ResourceList{"storage": resource.MustParse("1Gi")},
			ClaimRef: &corev1.ObjectReference{Name: "data-" + set + "-0", Namespace: "rocketmq", UID: types.UID("claim-" + set)},
		},
	}
	if node != "" {
		pv.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
		}}}}
	}
	return pv
}

// provide makes a broker's claim again where it was deleted, and a volume as the one before was.
func (f *Cluster) provide(s *appsv1.StatefulSet, pod string) {
	claims := schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}
	if _, err := f.client.Tracker().Get(claims, Namespace, "data-"+pod); err == nil || s.Spec.Template.Labels[componentLabel] != "broker" {
		return
	}
	claim := fakeClaim(s.Name)
	claim.UID = f.newUID(claim.Name)
	volumes := schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumes"}
	volume := fakeVolume(s.Name, "")
	volume.UID, volume.Spec.ClaimRef.UID = f.newUID(volume.Name), claim.UID
	must(0, f.client.Tracker().Create(claims, claim, Namespace))
	must(0, f.client.Tracker().Create(volumes, volume, ""))
}
