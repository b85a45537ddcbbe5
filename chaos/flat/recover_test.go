package flat

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// dieAt makes the caller of f die at its nth write: neither that nor anything later is done for it.
func (f *fakeCluster) dieAt(ctx context.Context, n int) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	f.diesAt, f.onDeath = len(f.writes)+n, cancel
	return ctx
}

func (f *fakeCluster) live() { f.dead, f.diesAt = false, 0 }

// What a ledger is found in by the process that recovers.
var remains = []struct {
	name string
	lose func(t *testing.T, path string, f *fakeCluster) (left string)
}{
	{"file and ConfigMap", func(_ *testing.T, path string, _ *fakeCluster) string { return path }},
	{"ConfigMap alone", func(t *testing.T, _ string, _ *fakeCluster) string { return filepath.Join(t.TempDir(), "new") }},
	{"no file at all", func(*testing.T, string, *fakeCluster) string { return "" }},
	{"file alone", func(t *testing.T, path string, f *fakeCluster) string {
		err := f.client.CoreV1().ConfigMaps("rocketmq").Delete(t.Context(), LedgerName, metav1.DeleteOptions{})
		if err != nil && !strings.Contains(err.Error(), "not found") {
			t.Fatal(err)
		}
		return path
	}},
}

// The runner is killed before each of its writes in turn; a fresh process has to bring back the state before.
func TestRecoverAfterKillWhileInjecting(t *testing.T) {
	t.Parallel()
	for _, r := range remains {
		t.Run(strings.ReplaceAll(r.name, " ", "-"), func(t *testing.T) {
			for _, fc := range faultCases() {
				t.Run(strings.NewReplacer(" ", "-", "/", "-").Replace(fc.fault.Name()), func(t *testing.T) {
					t.Parallel()
					for n := 1; killedAt(t, fc, n, r.lose); n++ {
					}
				})
			}
		})
	}
}

// killedAt tells whether there was an nth write to be killed at.
func killedAt(t *testing.T, fc faultCase, n int, lose func(*testing.T, string, *fakeCluster) string) bool {
	t.Helper()
	f := newFakeCluster(t)
	if fc.shared {
		f.share()
	}
	before := f.state()
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	l, err := OpenLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = fc.fault.Inject(f.dieAt(WithLedger(t.Context(), l), n), f)
	if !f.dead {
		return false
	}
	if err == nil {
		t.Errorf("killed at write %d: Inject gave no error", n)
	}
	f.live()
	f.down = true // the agent may have died as well: recovery must do without it
	legal := []map[string]string{before}
	if !keepsImages(fc.fault) {
		legal = append(legal, upgraded(t, fc.fault)) // it was killed when only the last line was still to be written
	}
	recoverAndCompare(t, f, lose(t, path, f), legal...)
	if t.Failed() {
		t.Errorf("it was killed at write %d after %v", n, f.writes)
	}
	return true
}

// upgraded is the state after the whole upgrade.
func upgraded(t *testing.T, upgrade Fault) map[string]string {
	t.Helper()
	f := newFakeCluster(t)
	inject(t, t.Context(), upgrade, f)
	return f.state()
}

func recoverAndCompare(t *testing.T, f *fakeCluster, path string, legal ...map[string]string) {
	t.Helper()
	fresh, err := OpenLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	if _, err := Recover(t.Context(), fresh, f); err != nil {
		t.Errorf("Recover: %v", err)
	}
	state := f.state()
	if !slices.ContainsFunc(legal, func(s map[string]string) bool { return maps.Equal(s, state) }) {
		t.Errorf("recovered state differs from the one before:\n%s", cmp.Diff(legal[0], state))
	}
	again, err := Recover(t.Context(), fresh, f)
	if err != nil || len(again) > 0 {
		t.Errorf("a second Recover healed %v (%v), want nothing left", again, err)
	}
	if left, err := readEntries(t.Context(), f); err != nil || len(left) > 0 {
		t.Errorf("the ConfigMap still holds %v (%v)", left, err)
	}
}

func TestRecoverAfterKillWhileHealing(t *testing.T) {
	t.Parallel()
	for _, fault := range []Fault{CordonAndDrain{Of: Masters}, Reattach{Of: Masters}} {
		for n := 1; ; n++ {
			f := newFakeCluster(t)
			before := f.state()
			path := filepath.Join(t.TempDir(), "ledger.jsonl")
			l, err := OpenLedger(path)
			if err != nil {
				t.Fatal(err)
			}
			i := inject(t, WithLedger(t.Context(), l), fault, f)
			err = i.Heal(f.dieAt(t.Context(), n))
			l.Close()
			if !f.dead {
				break
			}
			if err == nil {
				t.Errorf("%s killed at write %d of healing: Heal gave no error", fault.Name(), n)
			}
			f.live()
			recoverAndCompare(t, f, path, before)
		}
	}
}

func TestFaultIsRefusedOverAnotherRunsRemains(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	inject(t, ctx, CordonAndDrain{Of: Masters}, f)
	i, err := Kill{Of: Slaves}.Inject(WithLedger(t.Context(), newLedger()), f)
	if i != nil || err == nil || !strings.Contains(err.Error(), "recover it first") {
		t.Errorf("Inject = %v, %v; want a refusal", i, err)
	}
}

func TestRecoverUncordonsWhenTheLedgerIsLost(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	before := f.state()
	inject(t, ctx, CordonAndDrain{Of: Masters}, f)
	if err := f.client.CoreV1().ConfigMaps("rocketmq").Delete(ctx, LedgerName, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := cordon(ctx, f, "w2", "another-namespace/run.1"); err != nil {
		t.Fatal(err)
	}
	before["node w2"] = `unschedulable=true mark="another-namespace/run.1"`
	recoverAndCompare(t, f, "", before)
}

func TestRecoverKeepsOffOtherClusters(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	l, err := OpenLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	here := newFakeCluster(t)
	inject(t, WithLedger(t.Context(), l), CordonAndDrain{Of: Masters}, here)

	other := newFakeCluster(t)
	ns, err := other.client.CoreV1().Namespaces().Get(t.Context(), "kube-system", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ns.UID = "another-cluster"
	if _, err := other.client.CoreV1().Namespaces().Update(t.Context(), ns, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	writes := len(other.writes)
	healed, err := Recover(t.Context(), l, other)
	if err != nil || len(healed) > 0 || len(other.writes) != writes {
		t.Errorf("Recover on another cluster healed %v (%v) and wrote %v", healed, err, other.writes[writes:])
	}
}

func TestNothingIsDoneThatCouldNotBeWrittenDown(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, l := testContext(t)
	l.file.f.Close()
	before := f.state()
	i, err := CordonAndDrain{Of: Masters}.Inject(ctx, f)
	if i != nil || !errors.Is(err, os.ErrClosed) {
		t.Errorf("Inject = %v, %v; want no injection and the file's error", i, err)
	}
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("something was done:\n%s", diff)
	}
}
