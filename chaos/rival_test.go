package chaos_test

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A second pod that starts was refused nothing, whatever an event says.
func TestARivalThatStartsWasNotRefused(t *testing.T) {
	f := fake.New(t).Share()
	i := inject(t, disk.Rival{Target: chaos.Masters.One()}, f)
	f.EditPod("broker-a-master-0-rival", func(p *corev1.Pod) { p.Status.Phase = corev1.PodRunning })
	if err := i.Confirm(fake.Context(t)); err == nil || !strings.Contains(err.Error(), "it was not") {
		t.Errorf("Confirm = %v", err)
	}
	if err := i.Heal(fake.Context(t)); err != nil || f.Pod("broker-a-master-0-rival") != nil {
		t.Errorf("Heal = %v", err)
	}
}

// A pod of that name that we did not make stays.
func TestSomebodyElsesPodIsNoRivalOfOurs(t *testing.T) {
	f := fake.New(t).Share()
	theirs := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "broker-a-master-0-rival"}, Spec: corev1.PodSpec{NodeName: "w2"}}
	if _, err := f.Client().CoreV1().Pods(fake.Namespace).Create(t.Context(), theirs, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	i, err := disk.Rival{Target: chaos.Masters.One()}.Inject(fake.Context(t), f)
	if err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("Inject = %v", err)
	}
	if err := i.Heal(fake.Context(t)); err != nil || f.Pod("broker-a-master-0-rival") == nil {
		t.Errorf("Heal = %v: the other's pod is gone", err)
	}
}
