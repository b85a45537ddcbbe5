package process

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Terminate sends SIGTERM to the server, which ends in order: no preStop hook, and the pod stays.
type Terminate struct{ chaos.Target }

// Name says whose process is ended.
func (t Terminate) Name() string { return "SIGTERM " + t.Target.String() }

// Needs the node helper.
func (Terminate) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject signals all targets at once.
func (t Terminate) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.SignalArgs{Signal: node.Terminate}
	return hand.Inject(ctx, on, t, hand.Plan{Target: t.Target, Verb: node.SignalVerb, Args: args, Seen: hand.Restarted})
}
