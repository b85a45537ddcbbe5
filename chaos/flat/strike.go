package flat

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// blow says which pods to delete and how many seconds they get; negative: their own.
type blow struct {
	selector
	grace int64
}

// strike deletes pods and leaves it to their controller to replace them.
func strike(ctx context.Context, c Cluster, f Fault, b blow) (Injection, error) {
	i, victims, err := aim(ctx, c, f, b.selector)
	if err != nil {
		return nil, err
	}
	if _, err := i.intend(ctx, AwaitPods, kept(victims)); err != nil {
		return i.begun(), err
	}
	for _, p := range victims {
		if err := remove(ctx, c, factOf(&p), b.grace); err != nil {
			return i.begun(), err
		}
	}
	return i, nil
}

// aim picks the pods and takes down what they and all others are, so that both can be proven later.
func aim(ctx context.Context, c Cluster, f Fault, s selector) (*injection, []corev1.Pod, error) {
	victims, err := s.pods(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	before, err := observe(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	facts, names := make([]podFact, len(victims)), make([]string, len(victims))
	within := replaceWithin
	for n := range victims {
		facts[n], names[n] = factOf(&victims[n]), victims[n].Name
		within = max(within, graceOf(&victims[n])+replaceWithin)
	}
	i := newInjection(ctx, c, f, podsNamed(names))
	i.confirm = func(ctx context.Context) error {
		for _, was := range facts {
			err := until(ctx, within, "pod "+was.Name+" to be replaced", func(ctx context.Context) error {
				return replaced(ctx, c, was)
			})
			if err != nil {
				return err
			}
		}
		return before.bystanders(ctx, c, hit{pods: names})
	}
	return i, victims, nil
}

func graceOf(p *corev1.Pod) time.Duration {
	if s := p.Spec.TerminationGracePeriodSeconds; s != nil {
		return time.Duration(*s) * time.Second
	}
	return 30 * time.Second
}

func podsNamed(names []string) string {
	if len(names) == 1 {
		return "pod " + names[0]
	}
	return "pods " + strings.Join(names, ", ")
}

// keptPod is a pod that its StatefulSet brings back under the same name.
type keptPod struct {
	Name string `json:"name"`
	Set  string `json:"set"`
}

// kept picks those that come back under their name. What a ReplicaSet makes anew is not known by name.
func kept(pods []corev1.Pod) []keptPod {
	names := []keptPod{}
	for n := range pods {
		if set, ok := ownerSet(&pods[n]); ok {
			names = append(names, keptPod{pods[n].Name, set})
		}
	}
	return names
}

// awaitPods waits until each pod runs again. One that its StatefulSet no longer wants is not waited for: somebody
// has scaled or removed it since.
func awaitPods(ctx context.Context, c Cluster, _ string, pods []keptPod) error {
	for _, p := range pods {
		wanted, err := wants(ctx, c, p)
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		err = until(ctx, startWithin, fmt.Sprintf("pod %s to run again", p.Name), func(ctx context.Context) error {
			return running(ctx, c, p.Name)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
