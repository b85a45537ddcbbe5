package change

import (
	"context"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
)

// WrongOption rolls a JVM option that does not exist over the StatefulSet of the target: its first pod crashes at every
// start, and the others go on.
type WrongOption struct{ chaos.Target }

// Name says of what.
func (w WrongOption) Name() string {
	return "an option that no JVM knows for the StatefulSet of " + w.Target.String()
}

// Needs nothing.
func (WrongOption) Needs() []chaos.Need { return nil }

// Every JVM reads this variable, whatever starts it.
const (
	jvmOptions  = "JAVA_TOOL_OPTIONS"
	wrongOption = "-XX:+RmqproofNoSuchOption"
)

// Inject changes the environment in the template.
func (w WrongOption) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	change := func(box *corev1.Container) {
		had := func(v corev1.EnvVar) bool { return v.Name == jvmOptions }
		box.Env = append(slices.DeleteFunc(box.Env, had), corev1.EnvVar{Name: jvmOptions, Value: wrongOption})
	}
	return edit{Fault: w, target: w.Target, change: change, seen: crashed}.inject(ctx, on)
}

// crashed returns nil once a container has ended with an error and was started again.
func crashed(p *corev1.Pod) error {
	for _, s := range p.Status.ContainerStatuses {
		if end := s.LastTerminationState.Terminated; end != nil && end.ExitCode != 0 && s.RestartCount > 0 && !s.Ready {
			return nil
		}
	}
	return fmt.Errorf("no container of it has crashed yet: %s", kube.Describe(p))
}
