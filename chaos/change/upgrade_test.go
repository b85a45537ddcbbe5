package change_test

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/topology"
)

func inject(t *testing.T, u change.Upgrade, f *fake.Cluster) chaos.Injection {
	t.Helper()
	i, err := u.Inject(fake.Context(t), f)
	if err != nil {
		t.Fatalf("Inject: %v", err)
	}
	return i
}

func TestUpgradeGoesSlavesFirstAndWaitsForEach(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	ctx := fake.Context(t)
	f.Behind["broker-b-slave-0"] = 4096 // never catches up
	i, err := change.Upgrade{To: fake.ImageB}.Inject(ctx, f)
	if i == nil || err == nil || !strings.Contains(err.Error(), "broker-b-slave-0 lacks 4096 bytes") {
		t.Fatalf("Inject = %v, %v; want it to break off at the slave that lags", i, err)
	}
	images := f.Images()
	if images["broker-a-slave"] != fake.ImageB || images["broker-b-slave"] != fake.ImageB || images["broker-a-master"] != fake.ImageA || images["broker-b-master"] != fake.ImageA {
		t.Errorf("images after the break: %v; want slaves new, masters old", images)
	}
	if err := i.Confirm(ctx); err == nil {
		t.Error("Confirm holds for half an upgrade")
	}
	f.Down = true
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
	for set, image := range f.Images() {
		if image != fake.ImageA {
			t.Errorf("after rolling back %s has %s", set, image)
		}
	}
}

// Masters are elected: when a slave was upgraded it may be the master by the next step, and is no master's successor twice.
func TestUpgradeAsksAtEachStepWhoIsASlave(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	var order []string
	f.OnUpdate = func() {
		for set, image := range f.Images() {
			if image == fake.ImageB && !slices.Contains(order, set) {
				order = append(order, set)
			}
		}
		if len(order) == 1 { // the roles of group b change while group a's slave is upgraded
			f.Roles["broker-b-master-0"], f.Roles["broker-b-slave-0"] = topology.Slave, topology.Master
		}
	}
	i := inject(t, change.Upgrade{To: fake.ImageB}, f)
	if want := []string{"broker-a-slave", "broker-b-master", "broker-b-slave", "broker-a-master"}; !slices.Equal(order[:2], want[:2]) {
		t.Errorf("upgraded in the order %v, want %v to come first", order, want[:2])
	}
	if err := i.Confirm(fake.Context(t)); err != nil {
		t.Errorf("Confirm after a change of masters: %v", err)
	}
}

func TestUpgradeToleratesWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	f.Behind["broker-b-slave-0"] = 4096
	inject(t, change.Upgrade{To: fake.ImageB, MaxBehind: 4096}, f)
	f.Behind["broker-b-slave-0"] = -1
	if _, err := (change.Upgrade{To: "x:5.3.3", MaxBehind: 4096}).Inject(fake.Context(t), f); err == nil {
		t.Error("an unknown lag counts as caught up")
	}
}

func TestUpgradeThatCrashesIsRolledBack(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	ctx := fake.Context(t)
	f.Broken[fake.ImageB], f.InSync = true, true
	i, err := change.Upgrade{To: fake.ImageB}.Inject(ctx, f)
	if i == nil || err == nil || !strings.Contains(err.Error(), "broker-a-slave-0") || !strings.Contains(err.Error(), "not ready") {
		t.Fatalf("Inject = %v, %v; want it to break off at the pod that crashes", i, err)
	}
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
	for _, name := range []string{"broker-a-slave-0", "broker-a-master-0"} {
		if p := f.Pod(name); p.Spec.Containers[0].Image != fake.ImageA || !kube.Ready(p) {
			t.Errorf("after rolling back: %s with %s", kube.Describe(p), p.Spec.Containers[0].Image)
		}
	}
}

func TestUpgradeGivesUpOnWhatNeverStarts(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	ctx := fake.Context(t)
	plan, err := change.PlanOf(ctx, f, change.Upgrade{To: fake.ImageB, ToVersion: "5.2.0"})
	if err != nil {
		t.Fatal(err)
	}
	for reason, restarts := range map[string]int32{"ErrImageNeverPull": 0, "CrashLoopBackOff": change.Crashes} {
		f.EditPod("broker-a-slave-0", func(p *corev1.Pod) {
			p.Spec.Containers[0].Image = fake.ImageB
			p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "broker", RestartCount: restarts,
				State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}}}
		})
		if err := plan.CannotStart(ctx, fake.ImageB); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s after %d restarts: %v, want it to give up", reason, restarts, err)
		}
	}
	if err := plan.CannotStart(ctx, fake.ImageA); err != nil {
		t.Errorf("it gives up on a pod of another image: %v", err)
	}
}

func TestUpgradeWaitsForPodsOfOtherSteps(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	ctx := fake.Context(t)
	plan, err := change.PlanOf(ctx, f, change.Upgrade{To: fake.ImageB, ToVersion: "5.2.0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.AllReady(ctx); err != nil {
		t.Error(err)
	}
	f.EditPod("broker-b-slave-0", func(p *corev1.Pod) { p.Status.Conditions = nil })
	if err := plan.First(ctx); err == nil || !strings.Contains(err.Error(), "pod broker-b-slave-0") {
		t.Errorf("upgrade of broker-a-slave = %v, want it to wait for broker-b-slave-0", err)
	}
}

func TestUpgradeIsConfirmedAlthoughAPodIsNotReady(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	i := inject(t, change.Upgrade{To: fake.ImageB, NameServers: true}, f)
	f.EditPod("nameserver-1", func(p *corev1.Pod) { p.Status.Conditions = nil })
	if err := i.Confirm(fake.Context(t)); err != nil {
		t.Errorf("Confirm: %v", err)
	}
}

func TestUpgradeIsConfirmedByWhatBrokersReport(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	i := inject(t, change.Upgrade{To: fake.ImageB}, f)
	f.Reports["broker-b-master-0"] = "V5_1_0"
	if err := i.Confirm(fake.Context(t)); err == nil || !strings.Contains(err.Error(), `broker-b-master-0 reports version "V5_1_0"`) {
		t.Errorf("Confirm = %v, want it to name the broker that reports the old version", err)
	}
}

func TestRollBackLeavesWhatOthersChanged(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	ctx := fake.Context(t)
	f.Behind["broker-a-slave-0"] = 1
	i, err := change.Upgrade{To: fake.ImageB}.Inject(ctx, f)
	if i == nil || err == nil {
		t.Fatalf("Inject = %v, %v", i, err)
	}
	f.EditSet("broker-a-slave", func(s *appsv1.StatefulSet) { s.Spec.Template.Spec.Containers[0].Image = "other:1" })
	if err := i.Heal(ctx); err == nil || !strings.Contains(err.Error(), "changed by somebody else") {
		t.Errorf("Heal = %v, want it to keep off", err)
	}
}

func TestUpgradeChangesOneContainerAlone(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	f.EditSet("broker-a-slave", func(s *appsv1.StatefulSet) {
		s.Spec.Template.Spec.Containers = append(s.Spec.Template.Spec.Containers, corev1.Container{Name: "exporter", Image: "exporter:1"})
	})
	inject(t, change.Upgrade{To: fake.ImageB}, f)
	p := f.Pod("broker-a-slave-0")
	got := []string{p.Spec.InitContainers[0].Image, p.Spec.Containers[0].Image, p.Spec.Containers[1].Image}
	if !slices.Equal(got, []string{"rmqproof/agent:dev", fake.ImageB, "exporter:1"}) {
		t.Errorf("images = %v", got)
	}
}

func TestTagAndVersion(t *testing.T) {
	for image, want := range map[string]string{
		fake.ImageA: "5.1.0", "localhost:5000/a/rocketmq:5.2.0@sha256:00": "5.2.0", "localhost:5000/rocketmq": "", "": "",
	} {
		if got := change.TagOf(image); got != want {
			t.Errorf("tagOf(%q) = %q, want %q", image, got, want)
		}
	}
	if !change.SameVersion("V5_2_0", "5.2.0") || change.SameVersion("V5_2_0", "5.1.0") {
		t.Error("V5_2_0 is 5.2.0 and not 5.1.0")
	}
}
