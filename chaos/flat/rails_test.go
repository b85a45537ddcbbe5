package flat

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// editPod and editSet change what the fake cluster holds behind the faults' back.
func (f *fakeCluster) editPod(name string, edit func(*corev1.Pod)) {
	p := f.pod(name)
	edit(p)
	must(0, f.client.Tracker().Update(podsResource, p, "rocketmq"))
}

func (f *fakeCluster) editSet(name string, edit func(*appsv1.StatefulSet)) {
	s := must(f.client.Tracker().Get(setsResource, "rocketmq", name)).(*appsv1.StatefulSet)
	edit(s)
	must(0, f.client.Tracker().Update(setsResource, s, "rocketmq"))
}

// Each refusal comes before anything is touched, and says why.
func TestFaultsRefuse(t *testing.T) {
	none := func(*testing.T, *fakeCluster) {}
	for name, tt := range map[string]struct {
		fault Fault
		given func(*testing.T, *fakeCluster)
		want  string
	}{
		"an unknown group":       {Kill{Of: Masters, Group: "broker-z"}, none, "has no master of broker-z"},
		"a group of NameServers": {Kill{Of: NameServers, Group: "broker-a"}, none, "belongs to no broker group"},
		"a target on its way out": {Kill{Of: Masters, Group: "broker-a"}, func(_ *testing.T, f *fakeCluster) {
			f.editPod("broker-a-master-0", func(p *corev1.Pod) { p.DeletionTimestamp = ptr.To(p.CreationTimestamp) })
		}, "being deleted already"},
		"no agent": {Kill{Of: Masters}, func(_ *testing.T, f *fakeCluster) { f.down = true }, "the agent does not answer"},
		"to drain the control plane": {CordonAndDrain{Of: Masters}, func(_ *testing.T, f *fakeCluster) {
			f.editPod("broker-a-master-0", func(p *corev1.Pod) { p.Spec.NodeName = "cp" })
		}, "never cordoned or drained"},
		"to move off the control plane": {Move{Of: Masters}, func(_ *testing.T, f *fakeCluster) {
			f.share().editPod("broker-a-master-0", func(p *corev1.Pod) { p.Spec.NodeName = "cp" })
		}, "never cordoned or drained"},
		"a node cordoned by others": {CordonAndDrain{Of: Masters}, func(t *testing.T, f *fakeCluster) {
			if err := cordon(t.Context(), f, "w1", "somebody"); err != nil {
				t.Fatal(err)
			}
		}, `already cordoned (rmqproof/cordoned-by="somebody")`},
		"to drain the agent's node": {CordonAndDrain{Of: Masters}, func(_ *testing.T, f *fakeCluster) {
			f.editPod("nameserver-0", func(p *corev1.Pod) {
				p.Spec.NodeName, p.Labels = "w1", map[string]string{componentLabel: agentComponent}
			})
		}, "which makes the load, is on node w1"},
		"to evict a pod without controller": {CordonAndDrain{Of: Masters}, func(_ *testing.T, f *fakeCluster) {
			f.editPod("rmqproof-agent", func(p *corev1.Pod) { p.Spec.NodeName = "w1" })
		}, "declare no controller"},
		"to give up an emptyDir": {CordonAndDrain{Of: Masters, KeepEmptyDir: true}, none, "local storage"},
		"a set that takes its claims along": {Reattach{Of: Masters}, func(_ *testing.T, f *fakeCluster) {
			f.editSet("broker-a-master", func(s *appsv1.StatefulSet) {
				s.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
					WhenDeleted: appsv1.DeletePersistentVolumeClaimRetentionPolicyType}
			})
		}, "set it to Retain"},
		"to recreate a set of three":        {Reattach{Of: NameServers}, none, "has 3 pods"},
		"a volume that is tied to no node":  {Reattach{Of: Masters}, func(_ *testing.T, f *fakeCluster) { f.share() }, "use Move"},
		"a volume that cannot follow":       {Move{Of: Masters}, none, "shared by the nodes"},
		"a pod without a volume":            {Move{Of: NameServers}, none, "has no claim"},
		"an upgrade to what runs":           {RollingUpgrade{To: imageA}, none, "would change nothing"},
		"an upgrade from what does not run": {RollingUpgrade{From: imageB, To: "x:5.3.3"}, none, "no upgrade from there"},
		"an image without a version":        {RollingUpgrade{To: "rocketmq@sha256:0"}, none, "set ToVersion"},
		"a template that reaches no pod": {RollingUpgrade{To: imageB}, func(_ *testing.T, f *fakeCluster) {
			f.editSet("broker-b-slave", func(s *appsv1.StatefulSet) { s.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType })
		}, "OnDelete"},
		"a partition": {RollingUpgrade{To: imageB}, func(_ *testing.T, f *fakeCluster) {
			f.editSet("broker-b-slave", func(s *appsv1.StatefulSet) {
				s.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr.To[int32](1)}
			})
		}, "partition 1"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			f := newFakeCluster(t)
			tt.given(t, f)
			before, writes := f.state(), len(f.writes)
			ctx, _ := testContext(t)
			i, err := tt.fault.Inject(ctx, f)
			if i != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Inject = %v, %v; want a refusal with %q", i, err, tt.want)
			}
			if len(f.writes) != writes {
				t.Errorf("it wrote %v before it refused", f.writes[writes:])
			}
			if diff := cmp.Diff(before, f.state()); diff != "" {
				t.Errorf("it changed:\n%s", diff)
			}
		})
	}
}

func TestOnlyThatVeryPodIsDeleted(t *testing.T) {
	f := newFakeCluster(t)
	was := factOf(f.pod("broker-a-master-0"))
	f.replacePod("broker-a-master-0")
	now := f.pod("broker-a-master-0").UID
	if err := remove(t.Context(), f, was, 0); err == nil {
		t.Error("remove deleted a pod of the same name with another UID")
	}
	if f.pod("broker-a-master-0").UID != now {
		t.Error("the successor was replaced")
	}
}

func TestUncordonLeavesWhatOthersCordoned(t *testing.T) {
	f := newFakeCluster(t)
	if err := cordon(t.Context(), f, "w1", "somebody"); err != nil {
		t.Fatal(err)
	}
	for _, node := range []string{"w1", "no-such-node"} {
		if err := uncordon(t.Context(), f, "us", nodePrior{node}); err != nil {
			t.Errorf("uncordon %s: %v", node, err)
		}
	}
	if err := cordoned(t.Context(), f, "w1", "somebody"); err != nil {
		t.Error(err)
	}
}
