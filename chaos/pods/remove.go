package pods

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	corev1 "k8s.io/api/core/v1"
)

// removal is a set of pods on their way out.
type removal struct {
	cluster kube.Cluster
	before  observe.Baseline
	facts   []kube.PodFact
	active  *chaos.Active
}

// remove deletes the target's pods. grace is in seconds; negative: the pods' own.
func remove(ctx context.Context, on chaos.System, f chaos.Fault, t chaos.Target, grace int64) (chaos.Injection, error) {
	r, err := prepare(ctx, on, f, t)
	if err != nil {
		return nil, err
	}
	for _, p := range r.facts {
		if err := kube.Remove(ctx, r.cluster, p, grace); err != nil {
			return r.active.Changed(), err
		}
		r.active.Acted()
	}
	return r.active, nil
}

// prepare chooses the pods, takes down what they and all others are, and promises that they will run again.
func prepare(ctx context.Context, on chaos.System, f chaos.Fault, t chaos.Target) (*removal, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	victims, err := kube.Select(ctx, c, t)
	if err != nil {
		return nil, err
	}
	r := &removal{cluster: c}
	if r.before, err = observe.Take(ctx, c); err != nil {
		return nil, err
	}
	pods := kube.Pods(victims)
	for n := range pods {
		r.facts = append(r.facts, kube.FactOf(&pods[n]))
	}
	r.active = chaos.Begin(on, f, kube.Named(kube.Names(pods)))
	r.active.Hit = chaos.Things{observe.Pod: kube.Names(pods)}
	r.active.Held = func(ctx context.Context) error { return r.confirm(ctx, pods) }
	_, err = r.active.Promise(ctx, AwaitPods, kube.SetPods(pods))
	return r, err
}

// confirm returns nil once each pod is replaced and no other has changed.
func (r *removal) confirm(ctx context.Context, pods []corev1.Pod) error {
	within := kube.ReplaceWithin
	for n := range pods {
		within = max(within, kube.GraceOf(&pods[n])+kube.ReplaceWithin)
	}
	for _, was := range r.facts {
		err := kube.Wait(ctx, within, "pod "+was.Name+" to be replaced", func(ctx context.Context) error {
			return kube.Replaced(ctx, r.cluster, was)
		})
		if err != nil {
			return err
		}
	}
	return r.before.Bystanders(ctx, r.cluster, r.active.Hit)
}
