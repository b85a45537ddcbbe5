package input

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/rmqproof/rmqproof/audit/node"
)

// resource is one kind of object that is listed, cluster-wide when it has no namespace.
type resource struct {
	schema.GroupVersionResource
	clusterWide bool
	optional    bool
}

// listed is all that an audit reads: verb list, no secrets, nothing is written.
var listed = []resource{
	{schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "statefulsets"}, false, false},
	{schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}, false, false},
	{schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "daemonsets"}, false, false},
	{schema.GroupVersionResource{Version: "v1", Resource: "pods"}, false, false},
	{schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}, false, false},
	{schema.GroupVersionResource{Version: "v1", Resource: "services"}, false, false},
	{schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}, false, true},
	{schema.GroupVersionResource{Group: "policy", Version: "v1", Resource: "poddisruptionbudgets"}, false, false},
	{schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"}, false, true},
	{schema.GroupVersionResource{Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"}, false, true},
	{schema.GroupVersionResource{Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"}, true, true},
	{schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumes"}, true, true},
	{schema.GroupVersionResource{Group: "rocketmq.apache.org", Version: "v1alpha1", Resource: "brokers"}, false, true},
	{schema.GroupVersionResource{Group: "rocketmq.apache.org", Version: "v1alpha1", Resource: "nameservices"}, false, true},
	{schema.GroupVersionResource{Group: "rocketmq.apache.org", Version: "v1alpha1", Resource: "controllers"}, false, true},
}

// Namespace reads a namespace of a running cluster with the user's kubeconfig; context "" is the current one.
func Namespace(ctx context.Context, kubeContext, namespace string) (Set, error) {
	overrides := &clientcmd.ConfigOverrides{CurrentContext: kubeContext}
	loading := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(clientcmd.NewDefaultClientConfigLoadingRules(), overrides)
	config, err := loading.ClientConfig()
	if err != nil {
		return Set{}, &Unreadable{"kubeconfig", err}
	}
	if namespace == "" {
		if namespace, _, err = loading.Namespace(); err != nil {
			return Set{}, &Unreadable{"kubeconfig", err}
		}
	}
	config.QPS, config.Burst = 50, 50
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return Set{}, &Unreadable{"kubeconfig", err}
	}
	return Live(ctx, client, namespace)
}

// Live reads a namespace through a client that may list; what it may not list is noted.
func Live(ctx context.Context, client dynamic.Interface, namespace string) (Set, error) {
	var set Set
	for _, r := range listed {
		lister := scoped(client.Resource(r.GroupVersionResource), r.clusterWide, namespace)
		list, err := lister.List(ctx, metav1.ListOptions{Limit: 5000})
		switch {
		case err == nil:
			err = addLive(&set, list.Items, namespace)
		case apierrors.IsNotFound(err):
			continue
		case r.optional && apierrors.IsForbidden(err):
			set.Notes = append(set.Notes, Note{Object: r.Resource, Reason: "may not be listed with these credentials"})
			continue
		}
		if err != nil {
			return set, &Unreadable{"namespace " + namespace, fmt.Errorf("listing %s: %w", r.Resource, err)}
		}
	}
	return set, nil
}

// addLive adds objects that nothing else made: the pods of a StatefulSet are judged by its template.
func addLive(set *Set, items []unstructured.Unstructured, namespace string) error {
	for i := range items {
		item := &items[i]
		if len(item.GetOwnerReferences()) > 0 && item.GetKind() != "StatefulSet" || owned(item) {
			continue
		}
		item.SetManagedFields(nil)
		data, err := json.Marshal(item.Object)
		if err != nil {
			return err
		}
		file := "namespace " + namespace
		part, err := Parse(data, file)
		if err != nil {
			return err
		}
		for _, o := range part.Objects {
			o.Value = unplaced(o.Value, file)
			set.Objects = append(set.Objects, o)
		}
	}
	return nil
}

// owned says whether the operator made the object from a resource that is read itself.
func owned(item *unstructured.Unstructured) bool {
	for _, owner := range item.GetOwnerReferences() {
		if owner.Kind == "Broker" || owner.Kind == "NameService" || owner.Kind == "Controller" {
			return true
		}
	}
	return false
}

// unplaced drops line numbers: a running cluster has none.
func unplaced(v node.Value, file string) node.Value {
	places := node.Places{}
	match(v.Raw(), nil, node.Pos{File: file}, places)
	return node.New(v.Raw(), file, places)
}

// scoped lists a namespace, or the whole cluster where a kind has none.
func scoped(kind dynamic.NamespaceableResourceInterface, clusterWide bool, namespace string) dynamic.ResourceInterface {
	if clusterWide {
		return kind
	}
	return kind.Namespace(namespace)
}
