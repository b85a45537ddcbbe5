package fake

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos/hand"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	clienttesting "k8s.io/client-go/testing"
)

var (
	podsResource  = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	nodesResource = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
	setsResource  = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "statefulsets"}
)

// react stands in for the API server's admission and for the controllers behind it.
func (f *Cluster) react(a clienttesting.Action) (bool, runtime.Object, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return true, nil, errDead
	}
	switch a.GetVerb() {
	case "get", "watch":
		return false, nil, nil
	case "list":
		return f.listOnNode(a)
	}
	what := a.GetVerb() + " " + a.GetResource().Resource
	if a.GetSubresource() != "" {
		what += "/" + a.GetSubresource()
	}
	if c, ok := a.(clienttesting.CreateActionImpl); ok && a.GetSubresource() == "" {
		if err := f.admit(c); err != nil {
			return true, nil, err
		}
		if slices.Contains(c.CreateOptions.DryRun, metav1.DryRunAll) {
			return true, c.Object, nil
		}
	}
	if err := f.wrote(what); err != nil {
		return true, nil, err
	}
	obj, err := f.write(a)
	if err == nil {
		f.reconcile()
		if f.OnUpdate != nil {
			f.OnUpdate()
		}
	}
	return true, obj, err
}

// admit refuses what a restricted cluster does.
func (f *Cluster) admit(a clienttesting.CreateActionImpl) error {
	m, err := metav1Object(a.Object)
	if err != nil || !f.Restricted || (m.GetNamespace() != hand.Namespace && m.GetName() != hand.Namespace) {
		return err
	}
	return apierrors.NewForbidden(a.Resource.GroupResource(), m.GetName(), errors.New(`violates PodSecurity "restricted:latest"`))
}

// listOnNode does what the fake clientset leaves out: the field selector of kubectl's drain.
func (f *Cluster) listOnNode(a clienttesting.Action) (bool, runtime.Object, error) {
	list, ok := a.(clienttesting.ListActionImpl)
	if !ok || a.GetResource().Resource != "pods" || list.ListRestrictions.Fields == nil {
		return false, nil, nil
	}
	node, ok := list.ListRestrictions.Fields.RequiresExactMatch("spec.nodeName")
	if !ok {
		return false, nil, nil
	}
	obj, err := f.do(a)
	if err != nil {
		return true, nil, err
	}
	return true, onNode(obj.(*corev1.PodList), node), nil
}

func (f *Cluster) do(a clienttesting.Action) (runtime.Object, error) {
	_, obj, err := clienttesting.ObjectReaction(f.client.Tracker())(a)
	return obj, err
}

func (f *Cluster) write(a clienttesting.Action) (runtime.Object, error) {
	if f.Inert && a.GetNamespace() != hand.Namespace && slices.Contains([]string{"pods", "statefulsets", "persistentvolumeclaims"}, a.GetResource().Resource) {
		if a.GetVerb() == "patch" {
			p := a.(clienttesting.PatchActionImpl)
			return f.client.Tracker().Get(p.Resource, p.Namespace, p.Name)
		}
		return nil, nil
	}
	switch a := a.(type) {
	case clienttesting.DeleteActionImpl:
		return nil, f.delete(a)
	case clienttesting.CreateActionImpl:
		if a.Subresource == "eviction" {
			return nil, f.evict(a)
		}
		if m, err := metav1Object(a.Object); err == nil && m.GetUID() == "" {
			m.SetUID(f.newUID(m.GetName()))
		}
		return f.do(a)
	}
	return f.do(a)
}

func metav1Object(o runtime.Object) (metav1.Object, error) {
	m, ok := o.(metav1.Object)
	if !ok {
		return nil, fmt.Errorf("%T has no metadata", o)
	}
	return m, nil
}

func (f *Cluster) delete(a clienttesting.DeleteActionImpl) error {
	if pre := a.DeleteOptions.Preconditions; pre != nil && pre.UID != nil {
		obj, err := f.client.Tracker().Get(a.Resource, a.Namespace, a.Name)
		if err != nil {
			return err
		}
		if m, err := metav1Object(obj); err != nil || m.GetUID() != *pre.UID {
			return apierrors.NewConflict(a.Resource.GroupResource(), a.Name, errors.New("the UID differs"))
		}
	}
	if a.Resource == claimsResource {
		return f.condemn(a.Name)
	}
	return f.client.Tracker().Delete(a.Resource, a.Namespace, a.Name)
}

func (f *Cluster) evict(a clienttesting.CreateActionImpl) error {
	m, err := metav1Object(a.Object)
	if err != nil {
		return err
	}
	if f.Refuse > 0 {
		f.Refuse--
		return apierrors.NewTooManyRequests("cannot evict "+m.GetName()+": the disruption budget needs 2 healthy pods", 1)
	}
	return f.client.Tracker().Delete(podsResource, a.Namespace, m.GetName())
}

func (f *Cluster) newUID(name string) types.UID {
	f.serial++
	return types.UID(fmt.Sprintf("%s-uid-%d", name, f.serial))
}
