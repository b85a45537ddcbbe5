package disk

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
)

// WrongVolume starts a pod on the volume of another broker, which is away meanwhile, as a hand that restores claims by their names can. To
// heal it each gets its own volume back. What was written to the wrong one stays there.
type WrongVolume struct {
	chaos.Target
	Of chaos.Target // whose volume it is given
}

// Name says who is given whose.
func (w WrongVolume) Name() string { return w.Target.String() + " on the volume of " + w.Of.String() }

// Needs volumes that can be bound to another claim, and StatefulSets.
func (WrongVolume) Needs() []chaos.Need { return DeleteClaim{}.Needs() }

// Inject takes both pods away, exchanges their volumes, and brings the first back.
func (w WrongVolume) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	v, other, bound, err := w.pair(ctx, c)
	if err != nil {
		return nil, err
	}
	was, err := bindingsOf(ctx, c, &v.Object, &other.Object)
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, w, fmt.Sprintf("pod %s, on the volume of pod %s", v.Pod, other.Pod))
	a.Hit = bound.Add(chaos.Things{observe.Pod: {v.Pod, other.Pod}, observe.StatefulSet: {was.Pods[0].Set.Set, was.Pods[1].Set.Set}})
	a.Leaves(bound)
	wrong := was.exchanged()
	a.Held = func(ctx context.Context) error {
		runs := kube.Wait(ctx, kube.StartWithin, "pod "+v.Pod+" to run", func(ctx context.Context) error { return kube.Running(ctx, c, v.Pod) })
		return errors.Join(wrong.asBefore(ctx, c), runs, before.Bystanders(ctx, c, a.Hit))
	}
	if _, err := a.Promise(ctx, RebindClaims, was); err != nil {
		return a.Changed(), err
	}
	if err := was.keep(ctx, c); err != nil {
		return a, err
	}
	a.Acted() // from here on the pods are away
	if err := takeAway(ctx, c, was.Pods); err != nil {
		return a, err
	}
	if err := wrong.bind(ctx, c); err != nil {
		return a, err
	}
	return a, change.Scale(ctx, c, was.Pods[0].Set.Set, was.Pods[0].Set.Replicas)
}

// pair is who is given a volume, whose it is, and both of their volumes.
func (w WrongVolume) pair(ctx context.Context, c kube.Cluster) (v, other kube.Victim, bound chaos.Things, err error) {
	v, mine, err := withVolumes(ctx, c, w.Target, volumes.free)
	if err != nil {
		return v, other, nil, err
	}
	other, theirs, err := withVolumes(ctx, c, w.Of, volumes.free)
	if err == nil && (len(mine) != 1 || len(theirs) != 1 || v.Pod == other.Pod) {
		err = fmt.Errorf("pods %s and %s have no volume each to be exchanged", v.Pod, other.Pod)
	}
	return v, other, append(mine, theirs...).things(), err
}
