package nodes

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
)

// Reboot cuts the power of the node of the target's first process and gives it back at once: everything on it starts anew,
// for the most part before anybody has noticed.
type Reboot struct{ chaos.Target }

// Name says which node.
func (r Reboot) Name() string { return "reboot the node of " + r.Target.String() }

// Needs power over the nodes.
func (Reboot) Needs() []chaos.Need { return []chaos.Need{chaos.NodePower} }

// Inject ends the node and starts it.
func (r Reboot) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	act := func(ctx context.Context, s struck) error {
		return errors.Join(s.power.Bring(ctx, s.node, chaos.Off), s.power.Bring(ctx, s.node, chaos.Running))
	}
	return outage{Fault: r, target: r.Target, act: act, seen: restarted}.inject(ctx, on)
}

// restarted returns nil once the node was started anew, and with it every container of its pods that ran there.
func restarted(ctx context.Context, s struck) error {
	now, err := s.power.Look(ctx, s.node)
	if err != nil {
		return err
	}
	if now.State != chaos.Running || !now.Since.After(s.before.Since) {
		return fmt.Errorf("node %s is %s since %s, before the fault since %s", s.node, now.State, now.Since, s.before.Since)
	}
	return kube.Wait(ctx, kube.StartWithin, "the containers on node "+s.node+" to start anew", func(ctx context.Context) error {
		for n := range s.pods {
			if err := anew(ctx, s.cluster, kube.FactOf(&s.pods[n])); err != nil {
				return err
			}
		}
		return nil
	})
}

// anew returns nil when the pod was replaced, or runs in other containers.
func anew(ctx context.Context, c kube.Cluster, was kube.PodFact) error {
	pod, err := kube.GetPod(ctx, c, was.Name)
	if err != nil {
		return err
	}
	now := kube.FactOf(pod)
	for name, id := range was.Containers {
		if id != "" && (now.Containers[name] == id || now.Containers[name] == "") {
			return fmt.Errorf("container %s is still %q: %s", name, now.Containers[name], kube.Describe(pod))
		}
	}
	return nil
}
