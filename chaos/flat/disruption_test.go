package flat

import (
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

func TestDrainWaitsForTheDisruptionBudget(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	f.refuse = 1
	i := inject(t, ctx, CordonAndDrain{Of: Masters, Within: 20 * time.Second}, f)
	if err := i.Confirm(ctx); err != nil {
		t.Errorf("Confirm: %v", err)
	}
	if p := f.pod("broker-a-master-0"); p.Spec.NodeName != "" {
		t.Errorf("the master is on %s although its volume is tied to the drained node", p.Spec.NodeName)
	}
}

func TestDrainThatTheBudgetForbidsEndsInTime(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	f.refuse = 1 << 30
	i, err := CordonAndDrain{Of: Masters, Within: time.Second}.Inject(ctx, f)
	if i == nil || err == nil || !strings.Contains(err.Error(), "needs 2 healthy pods") {
		t.Fatalf("Inject = %v, %v; want an injection to heal and the budget's word", i, err)
	}
	if err := i.Confirm(ctx); err == nil || !strings.Contains(err.Error(), "on w1") {
		t.Errorf("Confirm = %v, want it to name what is left on the node", err)
	}
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
}

func TestDrainDoesNotFallBackToDeleting(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	f.client.Resources = nil
	f.client.Fake.Resources = nil
	ctx, _ := testContext(t)
	if i, err := (CordonAndDrain{Of: Masters}).Inject(ctx, f); i != nil || err == nil {
		t.Errorf("Inject = %v, %v; want a refusal", i, err)
	}
}

func TestUpgradeGoesSlavesFirstAndWaitsForEach(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	f.behind["broker-b-slave-0"] = 4096 // never catches up
	i, err := RollingUpgrade{To: imageB}.Inject(ctx, f)
	if i == nil || err == nil || !strings.Contains(err.Error(), "slave broker-b id 1 lacks 4096 bytes") {
		t.Fatalf("Inject = %v, %v; want it to break off at the slave that lags", i, err)
	}
	images := f.images()
	if images["broker-a-slave"] != imageB || images["broker-b-slave"] != imageB || images["broker-a-master"] != imageA || images["broker-b-master"] != imageA {
		t.Errorf("images after the break: %v; want slaves new, masters old", images)
	}
	if err := i.Confirm(ctx); err == nil {
		t.Error("Confirm holds for half an upgrade")
	}
	f.down = true
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
	for set, image := range f.images() {
		if image != imageA {
			t.Errorf("after rolling back %s has %s", set, image)
		}
	}
}

func TestUpgradeToleratesWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	f.behind["broker-b-slave-0"] = 4096
	inject(t, ctx, RollingUpgrade{To: imageB, MaxBehind: 4096}, f)
	f.behind["broker-b-slave-0"] = -1
	if _, err := (RollingUpgrade{To: "x:5.3.3", MaxBehind: 4096}).Inject(ctx, f); err == nil {
		t.Error("an unknown lag counts as caught up")
	}
}

func (f *fakeCluster) images() map[string]string {
	m := map[string]string{}
	for _, s := range f.sets() {
		m[s.Name] = s.Spec.Template.Spec.Containers[0].Image
	}
	return m
}

func TestUpgradeThatCrashesIsRolledBack(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	f.broken[imageB], f.inSync = true, true
	i, err := RollingUpgrade{To: imageB}.Inject(ctx, f)
	if i == nil || err == nil || !strings.Contains(err.Error(), "broker-a-slave-0") || !strings.Contains(err.Error(), "not ready") {
		t.Fatalf("Inject = %v, %v; want it to break off at the pod that crashes", i, err)
	}
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
	for _, name := range []string{"broker-a-slave-0", "broker-a-master-0"} {
		if p := f.pod(name); p.Spec.Containers[0].Image != imageA || !ready(p) {
			t.Errorf("after rolling back: %s with %s", describe(p), p.Spec.Containers[0].Image)
		}
	}
}

func TestUpgradeGivesUpOnWhatNeverStarts(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	plan, err := RollingUpgrade{To: imageB, ToVersion: "5.2.0"}.plan(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	step := plan.steps[0]
	for reason, restarts := range map[string]int32{"ErrImageNeverPull": 0, "CrashLoopBackOff": crashes} {
		f.editPod("broker-a-slave-0", func(p *corev1.Pod) {
			p.Spec.Containers[0].Image = imageB
			p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "broker", RestartCount: restarts,
				State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}}}
		})
		if err := step.cannotStart(ctx, f, imageB); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s after %d restarts: %v, want it to give up", reason, restarts, err)
		}
	}
	if err := step.cannotStart(ctx, f, imageA); err != nil {
		t.Errorf("it gives up on a pod of another image: %v", err)
	}
}

func TestUpgradeWaitsForPodsOfOtherSteps(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	plan, err := RollingUpgrade{To: imageB, ToVersion: "5.2.0"}.plan(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.allReady(ctx, f); err != nil {
		t.Error(err)
	}
	f.editPod("broker-b-slave-0", func(p *corev1.Pod) { p.Status.Conditions = nil })
	if err := plan.upgrade(ctx, f, plan.steps[0]); err == nil || !strings.Contains(err.Error(), "pod broker-b-slave-0") {
		t.Errorf("upgrade of broker-a-slave = %v, want it to wait for broker-b-slave-0", err)
	}
}

func TestUpgradeIsConfirmedAlthoughAPodIsNotReady(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	i := inject(t, ctx, RollingUpgrade{To: imageB, NameServers: true}, f)
	f.editPod("nameserver-1", func(p *corev1.Pod) { p.Status.Conditions = nil })
	if err := i.Confirm(ctx); err != nil {
		t.Errorf("Confirm: %v", err)
	}
}

func TestUpgradeIsConfirmedByWhatBrokersReport(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	i := inject(t, ctx, RollingUpgrade{To: imageB}, f)
	f.reports["broker-b-master-0"] = "V5_1_0"
	if err := i.Confirm(ctx); err == nil || !strings.Contains(err.Error(), `broker-b id 0 reports version "V5_1_0"`) {
		t.Errorf("Confirm = %v, want it to name the broker that reports the old version", err)
	}
}

func TestRollBackLeavesWhatOthersChanged(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	f.behind["broker-a-slave-0"] = 1
	i, err := RollingUpgrade{To: imageB}.Inject(ctx, f)
	if i == nil || err == nil {
		t.Fatalf("Inject = %v, %v", i, err)
	}
	f.editSet("broker-a-slave", func(s *appsv1.StatefulSet) { s.Spec.Template.Spec.Containers[0].Image = "other:1" })
	if err := i.Heal(ctx); err == nil || !strings.Contains(err.Error(), "changed by somebody else") {
		t.Errorf("Heal = %v, want it to keep off", err)
	}
}

func TestUpgradeChangesTheMainContainerAlone(t *testing.T) {
	t.Parallel()
	f := newFakeCluster(t)
	ctx, _ := testContext(t)
	f.editSet("broker-a-slave", func(s *appsv1.StatefulSet) {
		s.Spec.Template.Spec.Containers = append(s.Spec.Template.Spec.Containers, corev1.Container{Name: "exporter", Image: "exporter:1"})
	})
	inject(t, ctx, RollingUpgrade{To: imageB}, f)
	p := f.pod("broker-a-slave-0")
	got := []string{p.Spec.InitContainers[0].Image, p.Spec.Containers[0].Image, p.Spec.Containers[1].Image}
	if !slices.Equal(got, []string{"rmqproof/agent:dev", imageB, "exporter:1"}) {
		t.Errorf("images = %v", got)
	}
}

func TestTagAndVersion(t *testing.T) {
	for image, want := range map[string]string{
		imageA: "5.1.0", "localhost:5000/a/rocketmq:5.2.0@sha256:00": "5.2.0", "localhost:5000/rocketmq": "", "": "",
	} {
		if got := tagOf(image); got != want {
			t.Errorf("tagOf(%q) = %q, want %q", image, got, want)
		}
	}
	if !sameVersion("V5_2_0", "5.2.0") || sameVersion("V5_2_0", "5.1.0") {
		t.Error("V5_2_0 is 5.2.0 and not 5.1.0")
	}
}
