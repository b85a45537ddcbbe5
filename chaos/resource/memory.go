package resource

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// OutOfMemory makes the target's container run out of memory: the kernel ends its server, as it does with one that is too
// large for its limit. The container restarts in place.
type OutOfMemory struct{ chaos.Target }

// Name says whose.
func (o OutOfMemory) Name() string { return "out of memory: " + o.Target.String() }

// Needs the node helper and control groups.
func (OutOfMemory) Needs() []chaos.Need {
	return []chaos.Need{chaos.NodeHelper, chaos.ControlGroups}
}

// Inject acts on each target's control group.
func (o OutOfMemory) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, o, hand.Plan{Target: o.Target, Verb: node.MemoryVerb, ArgsOf: memoryOf, Seen: outOfMemory})
}

func memoryOf(_ context.Context, _ kube.Cluster, v kube.Victim) (any, error) {
	return node.MemoryArgs{Before: limitsOf(v).Memory().Value()}, nil
}

// outOfMemory returns nil once another container runs, and the one before it ended as Kubernetes says for want of memory.
func outOfMemory(ctx context.Context, h hand.Hit) error {
	if err := hand.Restarted(ctx, h); err != nil {
		return err
	}
	pod, err := kube.GetPod(ctx, h.Cluster, h.Pod)
	if err != nil {
		return err
	}
	for _, s := range pod.Status.ContainerStatuses {
		end := s.LastTerminationState.Terminated
		if s.Name != h.Container || end == nil {
			continue
		}
		if end.Reason == "OOMKilled" && end.ContainerID == h.ContainerID {
			return nil
		}
		return fmt.Errorf("container %s of pod %s ended with %s (exit code %d, %s), not for want of memory", s.Name, h.Pod, end.Reason, end.ExitCode, end.ContainerID)
	}
	return fmt.Errorf("nothing is said of how container %s of pod %s ended", h.Container, h.Pod)
}
