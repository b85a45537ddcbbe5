package disk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// ReadOnly lets the targets' volumes go read-only under their servers, which go on, as ext4 does once its disk has failed. To
// heal it the pod is taken away until its volume is detached: only a new mount can be written to again.
type ReadOnly struct {
	chaos.Target
	Store string // the brokers' store in their containers, the root of their volume; empty: that of the official image
}

// Name says whose volumes they are.
func (r ReadOnly) Name() string { return "the volume of " + r.Target.String() + " goes read-only" }

// Needs the node helper, and movable volumes with a file system of their own, of ext4.
func (ReadOnly) Needs() []chaos.Need { return PowerLoss{}.Needs() }

// Inject turns all of them at once.
func (r ReadOnly) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.FolderArgs{Folder: cmp.Or(r.Store, officialStore)}
	p, _ := mountedAnew(hand.Plan{Target: r.Target, Verb: node.ReadOnlyVerb, Args: args, Seen: readOnly})
	return hand.Inject(ctx, on, r, p)
}

func readOnly(ctx context.Context, h hand.Hit) error {
	var now node.ReadOnlySeen
	if err := h.See(ctx, &now); err != nil {
		return err
	}
	if now.Refusal == "" || !now.Readable {
		return fmt.Errorf("a write to its volume says %q; it can be read: %t", now.Refusal, now.Readable)
	}
	return nil
}
