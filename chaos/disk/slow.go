package disk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Slow lets the targets write to their disks so often a second, and no more. What they read, and what others write, is as fast
// as before.
type Slow struct {
	chaos.Target
	Writes int    // a second
	Store  string // the brokers' store in their containers; empty: that of the official image
}

// Name says whose disk is how slow.
func (s Slow) Name() string { return fmt.Sprintf("%d writes a second for %s", s.Writes, s.Target) }

// Needs the node helper and control groups.
func (Slow) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.ControlGroups} }

// Inject slows all of them at once.
func (s Slow) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if s.Writes < 1 {
		return nil, fmt.Errorf("%d writes a second: give one at least; disk.Hang lets none pass", s.Writes)
	}
	args := node.SlowArgs{FolderArgs: node.FolderArgs{Folder: cmp.Or(s.Store, officialStore)}, Writes: s.Writes}
	return hand.Inject(ctx, on, s, hand.Plan{Target: s.Target, Verb: node.SlowVerb, Args: args, Seen: stuck(true)})
}
