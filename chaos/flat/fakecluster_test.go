package flat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	fakediscovery "k8s.io/client-go/discovery/fake"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

func TestMain(m *testing.M) {
	Patience = 0.004 // the fake cluster answers at once; only a wait that must fail takes its budget
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

const (
	imageA = "apache/rocketmq:5.1.0"
	imageB = "apache/rocketmq:5.2.0"
)

// fakeCluster is an API server in memory whose StatefulSet controller, scheduler, garbage collector and kubelet
// act at once after each write.
type fakeCluster struct {
	client *fake.Clientset

	mu      sync.Mutex
	serial  int
	writes  []string          // "verb resource/name", as they were accepted
	diesAt  int               // from this write on the caller is dead: nothing it asks is done; 0: never
	dead    bool              // set when diesAt is reached
	onDeath func()            // called then
	inert   bool              // accept writes to pods, sets and evictions without any effect
	broken  map[string]bool   // images whose containers crash
	inSync  bool              // a master is ready only with a ready slave, as with inSyncReplicas=2
	refuse  int               // evictions still to be refused by a disruption budget
	behind  map[string]int64  // pod -> what its slave lacks
	reports map[string]string // pod -> version that it reports, whatever its image
	down    bool              // the agent that answers for the brokers does not
}

var _ Cluster = (*fakeCluster)(nil)

func (f *fakeCluster) Client() kubernetes.Interface  { return f.client }
func (f *fakeCluster) Namespace() string             { return "rocketmq" }
func (f *fakeCluster) Healthy(context.Context) error { return nil }

func (f *fakeCluster) Brokers(ctx context.Context) ([]Broker, error) {
	if f.down {
		return nil, errors.New("the agent does not answer")
	}
	list, err := f.client.CoreV1().Pods(f.Namespace()).List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=broker"})
	if err != nil {
		return nil, err
	}
	var brokers []Broker
	for _, p := range list.Items {
		b := Broker{Group: p.Labels["group"], Pod: p.Name, Address: p.Name + ":10911"}
		if p.Labels["role"] == "slave" {
			b.ID, b.Behind = 1, f.behind[p.Name]
		}
		if b.Version = f.reports[p.Name]; b.Version == "" {
			b.Version = "V" + tagOf(p.Spec.Containers[0].Image)
		}
		if p.Status.Phase == corev1.PodRunning && !f.broken[p.Spec.Containers[0].Image] { // registered, ready or not
			brokers = append(brokers, b)
		}
	}
	return brokers, nil
}

// newFakeCluster has a control plane, three workers, three NameServers, two groups of a master and a slave with a
// volume each, an agent on the control plane, and a DaemonSet's pod on each worker.
func newFakeCluster(t *testing.T) *fakeCluster {
	t.Helper()
	f := &fakeCluster{broken: map[string]bool{}, behind: map[string]int64{}, reports: map[string]string{}}
	// The deprecated constructor keeps no managed fields, which nothing here reads, and is thirty times as fast.
	f.client = fake.NewSimpleClientset(f.furniture()...) //nolint:staticcheck
	f.client.Discovery().(*fakediscovery.FakeDiscovery).Resources = []*metav1.APIResourceList{{
		GroupVersion: "v1",
		APIResources: []metav1.APIResource{{Name: "pods/eviction", Kind: "Eviction", Group: "policy", Version: "v1"}},
	}}
	f.client.PrependReactor("*", "*", f.react)
	f.reconcile()
	return f
}

var errDead = errors.New("fake: the process that asks is dead")

// react stands in for the API server's admission and for the controllers behind it.
func (f *fakeCluster) react(a clienttesting.Action) (bool, runtime.Object, error) {
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
	if f.diesAt > 0 && len(f.writes)+1 >= f.diesAt {
		f.dead = true
		f.onDeath()
		return true, nil, errDead
	}
	obj, err := f.write(a)
	if err == nil {
		f.reconcile()
	}
	return true, obj, err
}

// listOnNode does what the fake clientset leaves out: the field selector of kubectl's drain.
func (f *fakeCluster) listOnNode(a clienttesting.Action) (bool, runtime.Object, error) {
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
	all := obj.(*corev1.PodList)
	var here []corev1.Pod
	for _, p := range all.Items {
		if p.Spec.NodeName == node {
			here = append(here, p)
		}
	}
	all.Items = here
	return true, all, nil
}

func (f *fakeCluster) do(a clienttesting.Action) (runtime.Object, error) {
	_, obj, err := clienttesting.ObjectReaction(f.client.Tracker())(a)
	return obj, err
}

func (f *fakeCluster) write(a clienttesting.Action) (runtime.Object, error) {
	what := a.GetVerb() + " " + a.GetResource().Resource
	if a.GetSubresource() != "" {
		what += "/" + a.GetSubresource()
	}
	f.writes = append(f.writes, what)
	if f.inert && (a.GetResource().Resource == "pods" || a.GetResource().Resource == "statefulsets") {
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

func (f *fakeCluster) delete(a clienttesting.DeleteActionImpl) error {
	if pre := a.DeleteOptions.Preconditions; pre != nil && pre.UID != nil {
		obj, err := f.client.Tracker().Get(a.Resource, a.Namespace, a.Name)
		if err != nil {
			return err
		}
		if m, err := metav1Object(obj); err != nil || m.GetUID() != *pre.UID {
			return apierrors.NewConflict(a.Resource.GroupResource(), a.Name, errors.New("the UID differs"))
		}
	}
	return f.client.Tracker().Delete(a.Resource, a.Namespace, a.Name)
}

func (f *fakeCluster) evict(a clienttesting.CreateActionImpl) error {
	m, err := metav1Object(a.Object)
	if err != nil {
		return err
	}
	if f.refuse > 0 {
		f.refuse--
		return apierrors.NewTooManyRequests("cannot evict "+m.GetName()+": the disruption budget needs 2 healthy pods", 1)
	}
	return f.client.Tracker().Delete(podsResource, a.Namespace, m.GetName())
}

func (f *fakeCluster) newUID(name string) types.UID {
	f.serial++
	return types.UID(fmt.Sprintf("%s-uid-%d", name, f.serial))
}

var (
	podsResource  = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	nodesResource = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
	setsResource  = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "statefulsets"}
)
