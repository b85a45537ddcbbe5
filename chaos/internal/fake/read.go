package fake

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// kinds of what Read answers.
var kinds = map[string]string{
	"pods": "Pod", "nodes": "Node", "namespaces": "Namespace", "persistentvolumeclaims": "PersistentVolumeClaim", "persistentvolumes": "PersistentVolume",
	"statefulsets": "StatefulSet", "daemonsets": "DaemonSet", "networkpolicies": "NetworkPolicy", "configmaps": "ConfigMap", "services": "Service",
}

// Read answers a GET of a path as the API server does: an object, a list, or what it can do. node is the field selector
// of kubectl's drain, if it has one.
func (f *Cluster) Read(path, fieldSelector string) (any, error) {
	switch path {
	case "/api":
		return metav1.APIVersions{Versions: []string{"v1"}}, nil
	case "/apis":
		return metav1.APIGroupList{}, nil
	case "/api/v1":
		return f.client.Discovery().ServerResourcesForGroupVersion("v1")
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	resource := schema.GroupVersionResource{Version: "v1"}
	if parts[0] == "apis" {
		resource.Group, parts = parts[1], parts[3:]
	} else {
		parts = parts[2:]
	}
	namespace := ""
	if parts[0] == "namespaces" && len(parts) > 2 {
		namespace, parts = parts[1], parts[2:]
	}
	if resource.Resource = parts[0]; kinds[parts[0]] == "" {
		return nil, fmt.Errorf("the fake has no %s", path)
	}
	if len(parts) > 1 {
		return f.client.Tracker().Get(resource, namespace, parts[1])
	}
	list, err := f.client.Tracker().List(resource, resource.GroupVersion().WithKind(kinds[parts[0]]), namespace)
	if pods, ok := list.(*corev1.PodList); ok && fieldSelector != "" {
		return onNode(pods, strings.TrimPrefix(fieldSelector, "spec.nodeName=")), err
	}
	return list, err
}

func onNode(all *corev1.PodList, node string) *corev1.PodList {
	var here []corev1.Pod
	for _, p := range all.Items {
		if p.Spec.NodeName == node {
			here = append(here, p)
		}
	}
	all.Items = here
	return all
}
