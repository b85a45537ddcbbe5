package disk

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/observe"
	corev1 "k8s.io/api/core/v1"
)

// Move makes a pod start again on another node with the same volume: it cordons the pod's node and deletes the pod.
// Of the target it takes the first whose volume can follow.
type Move struct{ chaos.Target }

// Name says what is moved.
func (m Move) Name() string { return "move " + m.Target.String() + " to another node" }

// Needs a volume that follows its pod, and a node to go to.
func (Move) Needs() []chaos.Need { return []chaos.Need{chaos.MovableVolume, chaos.SeveralWorkers} }

// Inject cordons and deletes.
func (m Move) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	v, vols, err := withVolumes(ctx, c, m.Target, volumes.free)
	if err != nil {
		return nil, err
	}
	pod := &v.Object
	if _, err := kube.SetOf(ctx, c, pod); err != nil {
		return nil, err
	}
	node, err := nodes.ToCordon(ctx, c, pod)
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, m, fmt.Sprintf("pod %s on node %s", pod.Name, node.Name))
	mark, err := nodes.MayCordon(ctx, a, node.Name, []corev1.Pod{*pod})
	if err != nil {
		return a.Changed(), err
	}
	was := attached{cluster: c, before: before, pod: kube.FactOf(pod), volumes: vols, mark: mark}
	a.Held, a.Hit = was.confirm, was.hit()
	if err := nodes.Cordon(ctx, c, node.Name, mark); err != nil {
		return a, err
	}
	err = kube.Remove(ctx, c, was.pod, kube.OwnGrace)
	a.Acted()
	return a, err
}
