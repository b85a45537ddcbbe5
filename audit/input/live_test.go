package input

import (
	"context"
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	clienttesting "k8s.io/client-go/testing"
)

// kinds names the lists of the fake API server.
func kinds() map[schema.GroupVersionResource]string {
	names := map[string]string{
		"statefulsets": "StatefulSetList", "deployments": "DeploymentList", "daemonsets": "DaemonSetList", "pods": "PodList",
		"configmaps": "ConfigMapList", "services": "ServiceList", "persistentvolumeclaims": "PersistentVolumeClaimList",
		"poddisruptionbudgets": "PodDisruptionBudgetList", "networkpolicies": "NetworkPolicyList",
		"horizontalpodautoscalers": "HorizontalPodAutoscalerList", "storageclasses": "StorageClassList",
		"persistentvolumes": "PersistentVolumeList", "brokers": "BrokerList", "nameservices": "NameServiceList", "controllers": "ControllerList",
	}
	all := map[schema.GroupVersionResource]string{}
	for _, r := range listed {
		all[r.GroupVersionResource] = names[r.Resource]
	}
	return all
}

func TestLiveReadsAndOnlyReads(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	pod := metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}
	owned := &corev1.Pod{TypeMeta: pod, ObjectMeta: metav1.ObjectMeta{Name: "mq-0", Namespace: "mq", OwnerReferences: []metav1.OwnerReference{{Kind: "StatefulSet", Name: "mq"}}}}
	bare := &corev1.Pod{TypeMeta: pod, ObjectMeta: metav1.ObjectMeta{Name: "alone", Namespace: "mq"}}
	elsewhere := &corev1.Pod{TypeMeta: pod, ObjectMeta: metav1.ObjectMeta{Name: "other", Namespace: "default"}}
	client := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(scheme, kinds(), owned, bare, elsewhere)
	client.PrependReactor("list", "persistentvolumes", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "persistentvolumes"}, "", errors.New("no"))
	})
	set, err := Live(context.Background(), client, "mq")
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Objects) != 1 || set.Objects[0].Name != "alone" || set.Objects[0].Pos().Line != 0 {
		t.Errorf("%v", set.Objects)
	}
	if len(set.Notes) != 1 || set.Notes[0].Object != "persistentvolumes" {
		t.Errorf("%v", set.Notes)
	}
	for _, a := range client.Actions() {
		if a.GetVerb() != "list" || a.GetResource().Resource == "secrets" {
			t.Errorf("%s %s", a.GetVerb(), a.GetResource().Resource)
		}
	}
	client.PrependReactor("list", "statefulsets", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "statefulsets"}, "", errors.New("no"))
	})
	if _, err := Live(context.Background(), client, "mq"); err == nil {
		t.Error("a namespace whose StatefulSets cannot be read was judged")
	}
}
