package process

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Stop sends SIGSTOP to the server, and SIGCONT when healed. Its port accepts connections all the while.
type Stop struct{ chaos.Target }

// Name says whose process is stopped.
func (s Stop) Name() string { return "SIGSTOP " + s.Target.String() }

// Needs the node helper.
func (Stop) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject stops all targets at once.
func (s Stop) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.SignalArgs{Signal: node.Stop}
	return hand.Inject(ctx, on, s, hand.Plan{Target: s.Target, Verb: node.SignalVerb, Args: args, Seen: hand.Stopped})
}
