package flat

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// faultCase is a fault with a cluster that it suits.
type faultCase struct {
	fault     Fault
	shared    bool   // volumes follow their pods
	bystander string // a pod that it must not touch
	target    string
}

func faultCases() []faultCase {
	return []faultCase{
		{fault: Kill{Of: Masters}, bystander: "broker-b-master-0", target: "pod broker-a-master-0"},
		{fault: Kill{Of: Slaves, Pick: All}, bystander: "broker-b-master-0", target: "pods broker-a-slave-0, broker-b-slave-0"},
		{fault: Kill{Of: Masters, Group: "broker-b"}, bystander: "broker-a-master-0", target: "pod broker-b-master-0"},
		{fault: Delete{Of: NameServers}, bystander: "nameserver-1", target: "pod nameserver-0"},
		{fault: Delete{Of: NameServers, Pick: All}, bystander: "broker-a-slave-0", target: "pods nameserver-0, nameserver-1, nameserver-2"},
		{fault: CordonAndDrain{Of: Masters}, bystander: "broker-a-slave-0", target: "node w1, which holds pod broker-a-master-0"},
		{fault: Reattach{Of: Masters}, bystander: "broker-a-slave-0", target: "StatefulSet broker-a-master and pod broker-a-master-0"},
		{fault: Move{Of: Masters}, shared: true, bystander: "nameserver-1", target: "pod broker-a-master-0 on node w1"},
		{fault: RollingUpgrade{From: imageA, To: imageB}, bystander: "nameserver-1",
			target: "StatefulSets broker-a-slave, broker-b-slave, broker-a-master, broker-b-master"},
		{fault: RollingUpgrade{To: imageB, NameServers: true}, bystander: "rmqproof-agent",
			target: "StatefulSets nameserver, broker-a-slave, broker-b-slave, broker-a-master, broker-b-master"},
	}
}

func forEachFault(t *testing.T, test func(*testing.T, faultCase, *fakeCluster)) {
	for _, fc := range faultCases() {
		t.Run(strings.NewReplacer(" ", "-", "/", "-").Replace(fc.fault.Name()), func(t *testing.T) {
			t.Parallel()
			f := newFakeCluster(t)
			if fc.shared {
				f.share()
			}
			test(t, fc, f)
		})
	}
}

func testContext(t *testing.T) (context.Context, *Ledger) {
	t.Helper()
	l, err := OpenLedger(filepath.Join(t.TempDir(), "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return WithLedger(t.Context(), l), l
}

func inject(t *testing.T, ctx context.Context, fault Fault, f *fakeCluster) Injection {
	t.Helper()
	i, err := fault.Inject(ctx, f)
	if err != nil {
		t.Fatalf("Inject: %v", err)
	}
	return i
}

func keepsImages(f Fault) bool { _, upgrade := f.(RollingUpgrade); return !upgrade }

func TestFaultIsConfirmedAndHealed(t *testing.T) {
	forEachFault(t, func(t *testing.T, fc faultCase, f *fakeCluster) {
		before := f.state()
		ctx, l := testContext(t)
		i := inject(t, ctx, fc.fault, f)
		if i.Target() != fc.target {
			t.Errorf("Target() = %q, want %q", i.Target(), fc.target)
		}
		if err := i.Confirm(ctx); err != nil {
			t.Errorf("Confirm: %v", err)
		}
		for range 2 {
			if err := i.Heal(ctx); err != nil {
				t.Errorf("Heal: %v", err)
			}
		}
		if diff := cmp.Diff(before, f.state()); diff != "" && keepsImages(fc.fault) {
			t.Errorf("healed state differs from the one before:\n%s", diff)
		}
		if open, err := l.open(ctx, f); err != nil || len(open) > 0 {
			t.Errorf("the ledger still holds %v (%v)", open, err)
		}
	})
}

func TestConfirmFailsWhenABystanderPodIsHit(t *testing.T) {
	forEachFault(t, func(t *testing.T, fc faultCase, f *fakeCluster) {
		ctx, _ := testContext(t)
		i := inject(t, ctx, fc.fault, f)
		f.replacePod(fc.bystander)
		err := i.Confirm(ctx)
		if err == nil || !strings.Contains(err.Error(), "bystander pod "+fc.bystander) {
			t.Errorf("Confirm = %v, want it to name the bystander pod %s", err, fc.bystander)
		}
	})
}

func TestConfirmFailsWhenAnotherNodeIsCordoned(t *testing.T) {
	forEachFault(t, func(t *testing.T, fc faultCase, f *fakeCluster) {
		ctx, _ := testContext(t)
		i := inject(t, ctx, fc.fault, f)
		if err := cordon(ctx, f, "w3", "somebody"); err != nil {
			t.Fatal(err)
		}
		err := i.Confirm(ctx)
		if err == nil || !strings.Contains(err.Error(), "bystander node w3") {
			t.Errorf("Confirm = %v, want it to name the bystander node w3", err)
		}
	})
}

// Where writes have no effect, neither Inject nor Confirm may claim success.
func TestConfirmFailsWhenNothingHappened(t *testing.T) {
	forEachFault(t, func(t *testing.T, fc faultCase, f *fakeCluster) {
		ctx, _ := testContext(t)
		f.inert = true
		i, err := fc.fault.Inject(ctx, f)
		if i == nil {
			t.Fatalf("Inject gave no Injection to heal (error %v)", err)
		}
		if err := i.Confirm(ctx); err == nil {
			t.Error("Confirm holds although nothing happened")
		}
	})
}

func TestNoopIsNeverConfirmed(t *testing.T) {
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	i := inject(t, ctx, Noop{Of: Masters}, f)
	err := i.Confirm(ctx)
	if err == nil || !strings.Contains(err.Error(), "it is still the same and nobody has deleted it: pod broker-a-master-0") {
		t.Errorf("Confirm = %v, want that the pod is still the same", err)
	}
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
	if len(f.writes) > 0 {
		t.Errorf("a Noop wrote: %v", f.writes)
	}
}

func TestHealOutlivesTheExperiment(t *testing.T) {
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	before := f.state()
	i := inject(t, ctx, CordonAndDrain{Of: Masters}, f)
	gone, cancel := context.WithDeadline(ctx, time.Now().Add(-time.Second))
	cancel()
	if err := i.Heal(gone); err != nil {
		t.Errorf("Heal with a cancelled context: %v", err)
	}
	if diff := cmp.Diff(before, f.state()); diff != "" {
		t.Errorf("healed state differs from the one before:\n%s", diff)
	}
}

func TestKillUsesForceAndDeleteDoesNot(t *testing.T) {
	for _, tt := range []struct {
		fault Fault
		grace *int64
	}{{Kill{Of: NameServers}, new(int64)}, {Delete{Of: NameServers}, nil}} {
		f := newFakeCluster(t)
		ctx, _ := testContext(t)
		inject(t, ctx, tt.fault, f)
		var got []*int64
		for _, a := range f.client.Actions() {
			if d, ok := a.(interface{ GetDeleteOptions() metav1.DeleteOptions }); ok && a.GetResource().Resource == "pods" {
				got = append(got, d.GetDeleteOptions().GracePeriodSeconds)
			}
		}
		if diff := cmp.Diff([]*int64{tt.grace}, got); diff != "" {
			t.Errorf("%s: grace periods:\n%s", tt.fault.Name(), diff)
		}
	}
}

func TestConfirmWantsAnotherContainer(t *testing.T) {
	f := newFakeCluster(t)
	was := factOf(f.pod("broker-a-master-0"))
	f.replacePod("broker-a-master-0")
	now := f.pod("broker-a-master-0")
	now.Status.ContainerStatuses[0].ContainerID = was.Containers["broker"]
	must(0, f.client.Tracker().Update(podsResource, now, "rocketmq"))
	if err := replaced(t.Context(), f, was); err == nil || !strings.Contains(err.Error(), "container broker is still") {
		t.Errorf("replaced = %v, want that the container is still the same", err)
	}
}

func TestAwaitPodsLeavesOutWhatIsNoLongerWanted(t *testing.T) {
	f := newFakeCluster(t)
	pods := []keptPod{{"nameserver-7", "nameserver"}, {"other-0", "other"}}
	if err := awaitPods(t.Context(), f, "", pods); err != nil {
		t.Errorf("awaitPods: %v", err)
	}
}

func TestStaysPut(t *testing.T) {
	mirror := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{corev1.MirrorPodAnnotationKey: "x"}}}
	f := newFakeCluster(t)
	if !staysPut(mirror) || !staysPut(f.pod("proxy-w1")) || staysPut(f.pod("broker-a-master-0")) {
		t.Error("mirror and DaemonSet pods stay on a drained node, a broker does not")
	}
}
