// Package fake is a cluster in memory for the tests of faults: an API server whose controllers act at once, brokers that
// report themselves, and node helpers.
package fake

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/topology"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	fakediscovery "k8s.io/client-go/discovery/fake"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
)

// Images of the upgrade.
const (
	ImageA = "apache/rocketmq:5.1.0"
	ImageB = "apache/rocketmq:5.2.0"
)

// Patience is for the tests' contexts: the fake cluster answers at once, and only a wait that must fail takes its budget.
const Patience = 0.004

// Namespace is where everything is.
const Namespace = "rocketmq"

// Cluster is an API server in memory whose StatefulSet controller, scheduler, garbage collector and kubelet
// act at once after each write.
type Cluster struct {
	Inert      bool                     // accept writes to pods, sets and evictions, and acts of helpers, without any effect
	Broken     map[string]bool          // images whose containers crash
	InSync     bool                     // a master is ready only with a ready slave, as with inSyncReplicas=2
	Refuse     int                      // evictions still to be refused by a disruption budget
	Behind     map[string]int64         // pod -> what its slave lacks
	Reports    map[string]string        // pod -> version that it reports, whatever its image
	Roles      map[string]topology.Role // pod -> role, where it is not that of its name
	Restricted bool                     // privileged pods are not admitted, nor a namespace for them
	Down       bool                     // nobody answers for the brokers
	Stuck      bool                     // helpers cannot undo what they did
	Writes     []string                 // "verb resource", as they were accepted
	OnUpdate   func()                   // called after each write's controllers have acted

	client   *fake.Clientset
	ledger   *ledger.Ledger
	hands    hands
	machines *machines
	mu       sync.Mutex
	serial   int
	diesAt   int    // from this write on the caller is dead: nothing it asks is done; 0: never
	dead     bool   // set when diesAt is reached
	onDeath  func() // called then
}

var _ kube.Cluster = (*Cluster)(nil)

// New has a control plane, three workers, three NameServers, two groups of a master and a slave with a
// volume each, an agent on the control plane, and a DaemonSet's pod on each worker. Its ledger has no file.
func New(t testing.TB) *Cluster {
	t.Helper()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // kubectl's drain logs
	f := &Cluster{Broken: map[string]bool{}, Behind: map[string]int64{}, Reports: map[string]string{}, Roles: map[string]topology.Role{}}
	// The deprecated constructor keeps no managed fields, which nothing here reads, and is thirty times as fast.
	f.client = fake.NewSimpleClientset(f.furniture()...)
	f.client.Discovery().(*fakediscovery.FakeDiscovery).Resources = []*metav1.APIResourceList{{
		GroupVersion: "v1",
		APIResources: []metav1.APIResource{{Name: "pods/eviction", Kind: "Eviction", Group: "policy", Version: "v1"}},
	}}
	f.client.PrependReactor("*", "*", f.react)
	f.reconcile()
	f.Keep(must(ledger.Open("")))
	f.newHands()
	f.machines = &machines{f, map[string]chaos.Machine{}}
	return f
}

// Context returns the test's context with little patience.
func Context(t testing.TB) context.Context { return chaos.WithPatience(t.Context(), Patience) }

// Keep makes faults write to the ledger.
func (f *Cluster) Keep(l *ledger.Ledger) { f.ledger = l }

// Client reaches the API server.
func (f *Cluster) Client() kubernetes.Interface { return f.client }

// Fake is the client as the tests see it.
func (f *Cluster) Fake() *fake.Clientset { return f.client }

// Namespace is where everything is.
func (f *Cluster) Namespace() string { return Namespace }

// Journal is that of the ledger.
func (f *Cluster) Journal() chaos.Journal { return f.Open() }

// Open is the ledger's journal, for what only its own type offers.
func (f *Cluster) Open() *ledger.Journal { return f.ledger.For(f.client, Namespace) }

// DieAt makes the caller die at its nth write from now: neither that nor anything later is done for it.
func (f *Cluster) DieAt(ctx context.Context, n int) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	f.diesAt, f.onDeath = len(f.Writes)+n, cancel
	return ctx
}

// Dead says that the write has come.
func (f *Cluster) Dead() bool { return f.dead }

// Live lets another process ask.
func (f *Cluster) Live() { f.dead, f.diesAt = false, 0 }

// wrote counts a write. It returns an error when its caller dies at it, or is dead.
func (f *Cluster) wrote(what string) error {
	if f.dead {
		return errDead
	}
	if f.diesAt > 0 && len(f.Writes)+1 >= f.diesAt {
		f.dead = true
		f.onDeath()
		return errDead
	}
	f.Writes = append(f.Writes, what)
	return nil
}

var errDead = errors.New("fake: the process that asks is dead")
