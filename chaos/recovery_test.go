package chaos_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/recovery"
)

// What a ledger is found in by the process that recovers.
var remains = []struct {
	name string
	most int // of the faults, for those that show nothing that the others do not
	lose func(t *testing.T, path string, f *fake.Cluster) (left string)
}{
	{"file and ConfigMap", 3, func(_ *testing.T, path string, _ *fake.Cluster) string { return path }},
	{"ConfigMap alone", 99, func(t *testing.T, _ string, _ *fake.Cluster) string { return filepath.Join(t.TempDir(), "new") }},
	{"no file at all", 3, func(*testing.T, string, *fake.Cluster) string { return "" }},
	{"file alone", 99, func(t *testing.T, path string, f *fake.Cluster) string { dropConfigMap(t, f); return path }},
}

func dropConfigMap(t *testing.T, f *fake.Cluster) {
	t.Helper()
	err := f.Client().CoreV1().ConfigMaps(fake.Namespace).Delete(t.Context(), ledger.ConfigMap, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
}

// The runner is killed before each of its writes in turn; a fresh process has to bring back the state before.
func TestRecoverAfterKillWhileInjecting(t *testing.T) {
	t.Parallel()
	for _, r := range remains {
		t.Run(strings.ReplaceAll(r.name, " ", "-"), func(t *testing.T) {
			cases := faultCases()
			for _, fc := range cases[:min(r.most, len(cases))] {
				t.Run(slug(fc.fault), func(t *testing.T) {
					t.Parallel()
					legal := legalStates(t, fc)
					for n := 1; killedAt(t, fc, n, r.lose, legal); n++ {
					}
				})
			}
		})
	}
}

// legalStates are the one before, and of a fault that keeps its change the one after: it may be killed when only the
// last line is still to be written.
func legalStates(t *testing.T, fc faultCase) []map[string]string {
	t.Helper()
	f := fc.cluster(t)
	legal := []map[string]string{f.State()}
	if i := inject(t, fc.fault, f); keeps(i) {
		legal = append(legal, f.State())
	}
	return legal
}

// killedAt tells whether there was an nth write to be killed at.
func killedAt(t *testing.T, fc faultCase, n int, lose func(*testing.T, string, *fake.Cluster) string, legal []map[string]string) bool {
	t.Helper()
	f := fc.cluster(t)
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f.Keep(l)
	_, err = fc.fault.Inject(f.DieAt(fake.Context(t), n), f)
	if !f.Dead() {
		return false
	}
	if err == nil {
		t.Errorf("killed at write %d: Inject gave no error", n)
	}
	f.Live()
	f.Down = true // the agent may have died as well: recovery must do without it
	recoverAndCompare(t, f, lose(t, path, f), legal...)
	if t.Failed() {
		t.Errorf("it was killed at write %d after %v", n, f.Writes)
	}
	return true
}

// recoverAndCompare recovers from a fresh process.
func recoverAndCompare(t *testing.T, f *fake.Cluster, path string, legal ...map[string]string) {
	t.Helper()
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	fresh := recovery.NewSystemWith(f.Client(), fake.Namespace, l, f.NewHelpers()).WithPower(f.Power())
	if _, err := fresh.Recover(fake.Context(t)); err != nil {
		t.Errorf("Recover: %v", err)
	}
	if !sameState(f.State(), legal...) {
		t.Errorf("recovered state differs from the one before:\n%s", cmp.Diff(legal[0], f.State()))
	}
	again, err := fresh.Recover(fake.Context(t))
	if err != nil || len(again) > 0 {
		t.Errorf("a second Recover healed %v (%v), want nothing left", again, err)
	}
	m, err := f.Client().CoreV1().ConfigMaps(fake.Namespace).Get(t.Context(), ledger.ConfigMap, metav1.GetOptions{})
	if err == nil && len(m.Data) > 0 {
		t.Errorf("the ConfigMap still holds %v", m.Data)
	}
}

func TestRecoverAfterKillWhileHealing(t *testing.T) {
	t.Parallel()
	for _, fault := range []chaos.Fault{nodes.Drain{Target: chaos.Masters.One()}, disk.Reattach{Target: chaos.Masters.One()}} {
		for n := 1; ; n++ {
			f := fake.New(t)
			before := f.State()
			path := filepath.Join(t.TempDir(), "ledger.jsonl")
			l, err := ledger.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			f.Keep(l)
			i := inject(t, fault, f)
			err = i.Heal(f.DieAt(fake.Context(t), n))
			l.Close()
			if !f.Dead() {
				break
			}
			if err == nil {
				t.Errorf("%s killed at write %d of healing: Heal gave no error", fault.Name(), n)
			}
			f.Live()
			recoverAndCompare(t, f, path, before)
		}
	}
}

func openLedger(t *testing.T, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestFaultIsRefusedOverAnotherRunsRemains(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	inject(t, nodes.Drain{Target: chaos.Masters.One()}, f)
	f.Keep(openLedger(t, ""))
	i, err := pods.Kill{Target: chaos.Slaves.One()}.Inject(fake.Context(t), f)
	if i != nil || err == nil || !strings.Contains(err.Error(), "rmqproof recover --namespace rocketmq") {
		t.Errorf("Inject = %v, %v; want a refusal that names the command", i, err)
	}
}

func TestRecoverUncordonsWhenTheLedgerIsLost(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	before := f.State()
	inject(t, nodes.Drain{Target: chaos.Masters.One()}, f)
	dropConfigMap(t, f)
	if err := nodes.Cordon(t.Context(), f, "w2", "another-namespace/run.1"); err != nil {
		t.Fatal(err)
	}
	before["node w2"] = `unschedulable=true mark="another-namespace/run.1" taints=[]`
	recoverAndCompare(t, f, "", before)
}

func TestRecoverKeepsOffOtherClusters(t *testing.T) {
	t.Parallel()
	here, l := fake.New(t), openLedger(t, filepath.Join(t.TempDir(), "ledger.jsonl"))
	here.Keep(l)
	inject(t, nodes.Drain{Target: chaos.Masters.One()}, here)

	other := fake.New(t)
	ns, err := other.Client().CoreV1().Namespaces().Get(t.Context(), "kube-system", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ns.UID = "another-cluster"
	if _, err := other.Client().CoreV1().Namespaces().Update(t.Context(), ns, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	writes := len(other.Writes)
	healed, err := recovery.NewSystem(other.Client(), fake.Namespace, l).Recover(fake.Context(t))
	if err != nil || len(healed) > 0 || len(other.Writes) != writes {
		t.Errorf("Recover on another cluster healed %v (%v) and wrote %v", healed, err, other.Writes[writes:])
	}
}

func TestUnknownUndoIsAnErrorAndStays(t *testing.T) {
	f := fake.New(t)
	l := openLedger(t, "")
	e, err := l.For(f.Client(), fake.Namespace).Intend(t.Context(), chaos.Entry{Fault: "x", Target: "y", Undo: "from-the-future", Prior: []byte("1")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := recovery.NewSystemWith(f.Client(), fake.Namespace, l, f.NewHelpers()).Recover(fake.Context(t)); err == nil || !strings.Contains(err.Error(), "from-the-future") {
		t.Errorf("Recover = %v, want an error", err)
	}
	if open, err := l.For(f.Client(), fake.Namespace).Open(t.Context()); err != nil || len(open) != 1 || open[0].ID != e.ID {
		t.Errorf("open = %v, %v; want the entry to stay", open, err)
	}
}

func TestNothingIsDoneThatCouldNotBeWrittenDown(t *testing.T) {
	t.Parallel()
	f, l := fake.New(t), openLedger(t, filepath.Join(t.TempDir(), "ledger.jsonl"))
	f.Keep(l)
	l.Close()
	before := f.State()
	i, err := nodes.Drain{Target: chaos.Masters.One()}.Inject(context.WithoutCancel(fake.Context(t)), f)
	if i != nil || !errors.Is(err, os.ErrClosed) {
		t.Errorf("Inject = %v, %v; want no injection and the file's error", i, err)
	}
	if diff := cmp.Diff(before, f.State()); diff != "" {
		t.Errorf("something was done:\n%s", diff)
	}
}
