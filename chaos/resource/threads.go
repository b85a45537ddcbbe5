package resource

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// NoThreads lets the target's container make no further thread and no process: a JVM says "unable to create native thread",
// and commands of probes do not start.
type NoThreads struct{ chaos.Target }

// Name says for whom.
func (n NoThreads) Name() string { return "no further thread for " + n.Target.String() }

// Needs the node helper and control groups.
func (NoThreads) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.ControlGroups} }

// Inject puts the limit of each target's control group on what it has.
func (n NoThreads) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.LimitArgs{Of: node.Threads}
	return hand.Inject(ctx, on, n, hand.Plan{Target: n.Target, Verb: node.LimitVerb, Args: args, Learn: threadsOf, Seen: exhausted})
}

// threadsOf: no specification says how many a container may have. The kubelet and systemd decide.
func threadsOf(ctx context.Context, h hand.Hit) (any, error) {
	var now node.Limited
	err := h.See(ctx, &now)
	return node.LimitArgs{Of: node.Threads, Before: now.Limit}, err
}

// exhausted returns nil once a thread or a process was refused.
func exhausted(ctx context.Context, h hand.Hit) error {
	return met(ctx, h, "a thread to be refused in pod "+h.Pod, func(now node.Limited) bool { return now.Limit > 0 && now.Used >= now.Limit })
}
