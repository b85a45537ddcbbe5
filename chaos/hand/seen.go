package hand

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
	"github.com/rmqproof/rmqproof/internal/await"
)

// Restarted returns nil once the kubelet runs another container in the same pod, and its other containers are the same.
func Restarted(ctx context.Context, h Hit) error {
	what := fmt.Sprintf("another container %s in the same pod %s", h.Container, h.Pod)
	return kube.Wait(ctx, kube.ReplaceWithin, what, func(ctx context.Context) error {
		pod, err := kube.GetPod(ctx, h.Cluster, h.Pod)
		if err != nil {
			return err
		}
		if string(pod.UID) != h.UID {
			return await.Permanent(fmt.Errorf("the pod was replaced: %s", kube.Describe(pod)))
		}
		before, now := kube.FactOf(&h.Object).Containers, kube.FactOf(pod).Containers
		for name, id := range before {
			if name != h.Container && now[name] != id {
				return await.Permanent(fmt.Errorf("container %s of the same pod is %s, before %s", name, now[name], id))
			}
		}
		if id := now[h.Container]; id == "" || id == h.ContainerID {
			return fmt.Errorf("container %s is still %q", h.Container, id)
		}
		return nil
	})
}

// Stopped returns nil when the server is in state T, and on its node no container but the targets has a stopped process.
func Stopped(ctx context.Context, h Hit) error {
	var now node.Server
	if err := h.See(ctx, &now); err != nil {
		return err
	}
	if now.Gone || now.State != "T" {
		return fmt.Errorf("process %d (%s) is in state %q, not stopped; gone: %t", now.PID, now.Command, now.State, now.Gone)
	}
	for _, id := range now.Stopped {
		ours := func(o Hit) bool { return strings.HasSuffix(o.ContainerID, id) }
		if !slices.ContainsFunc(h.All, ours) {
			return fmt.Errorf("a process of container %s on node %s is stopped, which is no target", id, h.Node)
		}
	}
	return nil
}
