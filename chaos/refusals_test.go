package chaos_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	k8stesting "k8s.io/client-go/testing"
	"k8s.io/utils/ptr"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/process"
)

func onPod(name string, edit func(*corev1.Pod)) func(*testing.T, *fake.Cluster) {
	return func(_ *testing.T, f *fake.Cluster) { f.EditPod(name, edit) }
}

func onSet(name string, edit func(*appsv1.StatefulSet)) func(*testing.T, *fake.Cluster) {
	return func(_ *testing.T, f *fake.Cluster) { f.EditSet(name, edit) }
}

func toControlPlane(p *corev1.Pod) { p.Spec.NodeName = "cp" }

func forbids(verb, resource string) func(*testing.T, *fake.Cluster) {
	return func(_ *testing.T, f *fake.Cluster) {
		f.Fake().PrependReactor(verb, resource, func(k8stesting.Action) (bool, runtime.Object, error) {
			return true, nil, apierrors.NewForbidden(corev1.Resource(resource), ledger.ConfigMap, errors.New("no role allows it"))
		})
	}
}

type refusal struct {
	fault chaos.Fault
	given func(*testing.T, *fake.Cluster)
	want  string
}

func refusals() map[string]refusal {
	none := func(*testing.T, *fake.Cluster) {}
	masters := chaos.Masters.One()
	return map[string]refusal{
		"an unknown group":       {pods.Kill{Target: masters.In("broker-z")}, none, "no master of broker-z"},
		"a group of NameServers": {pods.Kill{Target: chaos.NameServers.One().In("broker-a")}, none, "belongs to no broker group"},
		"a minority of two":      {pods.Kill{Target: chaos.Masters.Minority()}, none, "have no minority"},
		"a slave that is none":   {pods.Kill{Target: chaos.Slaves.One().AndSlave()}, none, "only a master has a slave"},
		"a target on its way out": {pods.Kill{Target: masters.In("broker-a")},
			onPod("broker-a-master-0", func(p *corev1.Pod) { p.DeletionTimestamp = ptr.To(p.CreationTimestamp) }), "no master of broker-a"},
		"no agent":                   {pods.Kill{Target: masters}, func(_ *testing.T, f *fake.Cluster) { f.Down = true }, "the agent does not answer"},
		"to drain the control plane": {nodes.Drain{Target: masters}, onPod("broker-a-master-0", toControlPlane), "never cordoned or drained"},
		"to move off the control plane": {disk.Move{Target: masters}, func(_ *testing.T, f *fake.Cluster) {
			f.Share().EditPod("broker-a-master-0", toControlPlane)
		}, "never cordoned or drained"},
		"a node cordoned by others": {nodes.Drain{Target: masters}, func(t *testing.T, f *fake.Cluster) {
			if err := nodes.Cordon(t.Context(), f, "w1", "somebody"); err != nil {
				t.Fatal(err)
			}
		}, `already cordoned (rmqproof/cordoned-by="somebody")`},
		"to drain the agent's node": {nodes.Drain{Target: masters}, onPod("nameserver-0", func(p *corev1.Pod) {
			p.Spec.NodeName, p.Labels = "w1", map[string]string{"app.kubernetes.io/component": "agent"}
		}), "which makes the load, is on node w1"},
		"to evict a pod without controller": {nodes.Drain{Target: masters},
			onPod("rmqproof-agent", func(p *corev1.Pod) { p.Spec.NodeName = "w1" }), "declare no controller"},
		"to give up an emptyDir": {nodes.Drain{Target: masters, KeepEmptyDir: true}, none, "local storage"},
		"no evictions":           {nodes.Drain{Target: masters}, func(_ *testing.T, f *fake.Cluster) { f.Fake().Fake.Resources = nil }, "asking the API server whether it can evict"},
		"a set that takes its claims along": {disk.Reattach{Target: masters}, onSet("broker-a-master", func(s *appsv1.StatefulSet) {
			s.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
				WhenDeleted: appsv1.DeletePersistentVolumeClaimRetentionPolicyType}
		}), "set it to Retain"},
		"a set whose claims go when it is scaled": {change.ScaleToZero{Target: masters}, onSet("broker-a-master", func(s *appsv1.StatefulSet) {
			s.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
				WhenScaled: appsv1.DeletePersistentVolumeClaimRetentionPolicyType}
		}), "scaled down"},
		"a fault under way on the target": {process.Stop{Target: masters}, func(t *testing.T, f *fake.Cluster) { inject(t, process.Stop{Target: masters}, f) },
			"acts on pod broker-a-master-0 already"},
		"no right to read what undoes faults":  {pods.Kill{Target: masters}, forbids("get", "configmaps"), "rmqproof rbac"},
		"no right to write what undoes faults": {pods.Kill{Target: masters}, forbids("patch", "configmaps"), "rmqproof rbac"},
		"a cluster that admits no helper":      {process.Stop{Target: masters}, func(_ *testing.T, f *fake.Cluster) { f.Restricted = true }, "label pod-security.kubernetes.io/enforce=privileged"},
		"a party of whom one has no address": {network.Cut{Target: masters, Off: network.NameServers},
			onPod("nameserver-1", func(p *corev1.Pod) { p.Status.PodIP, p.Status.PodIPs = "", nil }), "has no address yet"},
		"to recreate NameServers":           {disk.Reattach{Target: chaos.NameServers.One()}, none, "has no claim"},
		"to recreate a set of three":        {disk.Reattach{Target: masters}, onSet("broker-a-master", func(s *appsv1.StatefulSet) { s.Spec.Replicas = ptr.To[int32](3) }), "has 3 pods"},
		"several volumes at once":           {disk.Reattach{Target: chaos.Masters.All()}, none, "one pod at a time"},
		"a volume that is tied to no node":  {disk.Reattach{Target: masters}, func(_ *testing.T, f *fake.Cluster) { f.Share() }, "use Move"},
		"a tied volume to return anywhere":  {disk.Reattach{Target: masters, Anywhere: true}, none, "shared by the nodes"},
		"power from a volume that is tied":  {disk.PowerLoss{Target: masters}, none, "shared by the nodes"},
		"a volume that cannot follow":       {disk.Move{Target: masters}, none, "shared by the nodes"},
		"a pod without a volume":            {disk.Move{Target: chaos.NameServers.One()}, none, "has no claim"},
		"an upgrade to what runs":           {change.Upgrade{To: fake.ImageA}, none, "would change nothing"},
		"an upgrade from what does not run": {change.Upgrade{From: fake.ImageB, To: "x:5.3.3"}, none, "no upgrade from there"},
		"an image without a version":        {change.Upgrade{To: "rocketmq@sha256:0"}, none, "set ToVersion"},
		"a template that reaches no pod": {change.Upgrade{To: fake.ImageB}, onSet("broker-b-slave", func(s *appsv1.StatefulSet) {
			s.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType
		}), "OnDelete"},
		"a partition": {change.Upgrade{To: fake.ImageB}, onSet("broker-b-slave", func(s *appsv1.StatefulSet) {
			s.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr.To[int32](1)}
		}), "partition 1"},
	}
}

// Each refusal comes before anything is touched, and says why.
func TestFaultsRefuse(t *testing.T) {
	for name, tt := range refusals() {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			f := fake.New(t)
			tt.given(t, f)
			before, writes := f.State(), len(f.Writes)
			i, err := tt.fault.Inject(fake.Context(t), f)
			if i != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Inject = %v, %v; want a refusal with %q", i, err, tt.want)
			}
			if len(f.Writes) != writes {
				t.Errorf("it wrote %v before it refused", f.Writes[writes:])
			}
			if diff := cmp.Diff(before, f.State()); diff != "" {
				t.Errorf("it changed:\n%s", diff)
			}
		})
	}
}
