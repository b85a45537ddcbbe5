package disk

import (
	"context"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// LoseIndex removes the consume queues of brokers and kills them, as the loss of a disk block does, or an operator who removes a
// damaged index. On its next start a broker makes them again from its log, as far as its release can: what it cannot is lost for
// good, and no healing brings it back.
type LoseIndex struct {
	chaos.Target
	Store string // the brokers' store in their containers; empty: that of the official image
}

const officialStore = "/home/rocketmq/store"

// Name says whose index is lost.
func (l LoseIndex) Name() string { return "lose the consume queues of " + l.Target.String() }

// Needs the node helper.
func (LoseIndex) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject removes and kills all targets at once.
func (l LoseIndex) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	store := l.Store
	if store == "" {
		store = officialStore
	}
	args := node.LoseArgs{Folder: store + "/consumequeue"}
	return hand.Inject(ctx, on, l, hand.Plan{Target: l.Target, Verb: node.LoseVerb, Args: args, Seen: hand.Restarted})
}
