package pods_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/pods"
)

func TestKillUsesForceAndDeleteDoesNot(t *testing.T) {
	for _, tt := range []struct {
		fault chaos.Fault
		grace *int64
	}{{pods.Kill{Target: chaos.NameServers.One()}, new(int64)}, {pods.Delete{Target: chaos.NameServers.One()}, nil}} {
		f := fake.New(t)
		if _, err := tt.fault.Inject(fake.Context(t), f); err != nil {
			t.Fatal(err)
		}
		var got []*int64
		for _, a := range f.Fake().Actions() {
			if d, ok := a.(interface{ GetDeleteOptions() metav1.DeleteOptions }); ok && a.GetResource().Resource == "pods" {
				got = append(got, d.GetDeleteOptions().GracePeriodSeconds)
			}
		}
		if diff := cmp.Diff([]*int64{tt.grace}, got); diff != "" {
			t.Errorf("%s: grace periods:\n%s", tt.fault.Name(), diff)
		}
	}
}

func TestOnlyThatVeryPodIsDeleted(t *testing.T) {
	f := fake.New(t)
	was := kube.FactOf(f.Pod("broker-a-master-0"))
	f.ReplacePod("broker-a-master-0")
	now := f.Pod("broker-a-master-0").UID
	if err := kube.Remove(t.Context(), f, was, 0); err == nil {
		t.Error("a pod of the same name with another UID was deleted")
	}
	if f.Pod("broker-a-master-0").UID != now {
		t.Error("the successor was replaced")
	}
}

func TestConfirmWantsAnotherContainer(t *testing.T) {
	f := fake.New(t)
	was := kube.FactOf(f.Pod("broker-a-master-0"))
	f.ReplacePod("broker-a-master-0")
	f.EditPod("broker-a-master-0", func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ContainerID = was.Containers["broker"] })
	if err := kube.Replaced(t.Context(), f, was); err == nil || !strings.Contains(err.Error(), "container broker is still") {
		t.Errorf("Replaced = %v, want that the container is still the same", err)
	}
}

func TestAwaitPodsLeavesOutWhatIsNoLongerWanted(t *testing.T) {
	f := fake.New(t)
	e := chaos.Entry{Prior: []byte(`[{"name":"nameserver-7","set":"nameserver"},{"name":"other-0","set":"other"}]`)}
	if err := pods.AwaitPods.Do(t.Context(), f, e); err != nil {
		t.Errorf("AwaitPods: %v", err)
	}
}
