package disk

import (
	"cmp"
	"context"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// LoseStore removes all that servers keep, and kills them: each starts again in its pod as on a new disk. The volume itself, and
// the pod, stay. What was lost, no healing brings back.
type LoseStore struct {
	chaos.Target
	Store string // as their containers see it; empty: the brokers' of the official image
}

// ControllerStore is where the bundled controllers keep who was elected.
const ControllerStore = "/home/rocketmq/controller"

// Name says whose store is lost.
func (l LoseStore) Name() string { return "lose the store of " + l.Target.String() }

// Needs the node helper.
func (LoseStore) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject empties the stores of all targets and kills them at once.
func (l LoseStore) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.LoseArgs{Folder: cmp.Or(l.Store, officialStore), Whole: true}
	return hand.Inject(ctx, on, l, hand.Plan{Target: l.Target, Verb: node.LoseVerb, Args: args, Seen: hand.Restarted})
}
