package process

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Kill sends SIGKILL to the server: no grace, no preStop hook. The container restarts in place, unlike a deleted pod.
type Kill struct{ chaos.Target }

// Name says whose process is killed.
func (k Kill) Name() string { return "SIGKILL " + k.Target.String() }

// Needs the node helper.
func (Kill) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject kills all targets at once.
func (k Kill) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.SignalArgs{Signal: node.Kill}
	return hand.Inject(ctx, on, k, hand.Plan{Target: k.Target, Verb: node.SignalVerb, Args: args, Seen: hand.Restarted})
}
