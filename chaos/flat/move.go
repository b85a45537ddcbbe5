package flat

import (
	"context"
	"fmt"
)

// Move makes a pod start again on another node with the same volume: it cordons the pod's node and deletes the pod.
// The volume must be one that can follow.
type Move struct {
	Of    Role
	Group string // brokerName; empty: any
}

func (m Move) Name() string {
	return "move " + selector{m.Of, One, m.Group}.String() + " to another node"
}

func (m Move) Inject(ctx context.Context, c Cluster) (Injection, error) {
	victims, err := selector{m.Of, One, m.Group}.pods(ctx, c)
	if err != nil {
		return nil, err
	}
	pod := &victims[0]
	if _, err := setOf(ctx, c, pod); err != nil {
		return nil, err
	}
	node, err := nodeToCordon(ctx, c, pod)
	if err != nil {
		return nil, err
	}
	vols, err := volumesOf(ctx, c, pod)
	if err != nil {
		return nil, err
	}
	if err := vols.free(); err != nil {
		return nil, err
	}
	before, err := observe(ctx, c)
	if err != nil {
		return nil, err
	}
	i := newInjection(ctx, c, m, fmt.Sprintf("pod %s on node %s", pod.Name, node.Name))
	mark, err := i.mayCordon(ctx, node.Name, victims)
	if err != nil {
		return i.begun(), err
	}
	was := attached{before: before, pod: factOf(pod), volumes: vols, mark: mark}
	i.confirm = func(ctx context.Context) error { return was.confirm(ctx, c) }
	if err := cordon(ctx, c, node.Name, mark); err != nil {
		return i, err
	}
	return i, remove(ctx, c, was.pod, ownGrace)
}
