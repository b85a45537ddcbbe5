package lab

import (
	"context"
	"errors"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos/control"
	corev1 "k8s.io/api/core/v1"
)

func TestEachVictimHasThePassesThatFitIt(t *testing.T) {
	faults := control.Faults("apache/rocketmq:5.2.0")
	count := map[Victim]int{}
	for _, v := range Victims {
		table, kinds, err := v.rows(faults, nil)
		if err != nil || len(table) != len(faults) {
			t.Fatalf("%s: %d rows, %v", v, len(table), err)
		}
		count[v] = len(kinds)
		for _, kind := range kinds {
			name := faults[kind].Name()
			if v == Helper && (strings.Contains(name, "kubelet") || strings.Contains(name, "runtime") || strings.HasPrefix(name, "delete")) {
				t.Errorf("%q has no helper that may be killed", name)
			}
		}
	}
	if count[Runner] != len(faults) || count[Agent] != len(faults)-1 || count[Helper] == 0 || count[Helper] >= count[Agent] {
		t.Errorf("of %d kinds: %v", len(faults), count)
	}
	if _, _, err := Helper.rows(faults, regexp.MustCompile("upgrade")); err == nil || !strings.Contains(err.Error(), "helper") {
		t.Errorf("no fault is left: %v", err)
	}
}

func TestVictimsAreNamed(t *testing.T) {
	if got, err := VictimsNamed([]string{"agent", "runner"}); err != nil || !slices.Equal(got, []Victim{Agent, Runner}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, names := range [][]string{{"broker"}, {}} {
		if _, err := VictimsNamed(names); err == nil || !strings.Contains(err.Error(), "runner helper agent") {
			t.Errorf("%v: %v", names, err)
		}
	}
}

// noNodes are of tests in which nothing may be killed.
type noNodes struct{ t *testing.T }

func (n noNodes) KillContainer(context.Context, string, string) error {
	n.t.Error("a container was killed")
	return nil
}

func TestAFaultThatFailedByItselfShowsNothing(t *testing.T) {
	for name, c := range map[string]struct{ child, want string }{
		"failed":      {"echo begins; echo failed; cat", "nothing was killed"},
		"ended":       {"echo begins", "nothing was killed"},
		"never began": {"true", "before its fault began"},
		"not healed":  {"echo begins; echo failed; cat; exit 3", "did not heal"},
	} {
		k := kill{nodes: noNodes{t}, victim: Helper, after: killWithin * 100}
		err := k.kill(t.Context(), exec.Command("sh", "-c", c.child))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestARunnerThatLivesHealsAlsoAfterAnInterruption(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	k := kill{nodes: noNodes{t}, victim: Agent, after: killWithin * 100}
	if err := k.kill(ctx, exec.Command("sh", "-c", "echo begins; cat; exit 0")); err == nil || err.Error() != "interrupted" {
		t.Error(err)
	}
}

func TestOnlyWhatRunsCanBeKilled(t *testing.T) {
	pod := func(node, id string, runs bool) corev1.Pod {
		s := corev1.ContainerStatus{ContainerID: id}
		if runs {
			s.State.Running = &corev1.ContainerStateRunning{}
		}
		return corev1.Pod{Spec: corev1.PodSpec{NodeName: node}, Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{s}}}
	}
	got := running([]corev1.Pod{pod("a", "containerd://1", false), pod("b", "containerd://2", true)})
	if !slices.Equal(got, []container{{"b", "containerd://2"}}) {
		t.Error(got)
	}
}
