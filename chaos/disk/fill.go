package disk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Fill takes the free space of the targets' volumes, and gives it back when healed.
type Fill struct {
	chaos.Target
	Leave int64  // bytes that stay free
	Store string // the brokers' store in their containers, the root of their volume; empty: that of the official image
}

// Name says whose volumes are filled.
func (f Fill) Name() string { return "fill the volume of " + f.Target.String() }

// Needs the node helper, and volumes with a file system of their own: to fill a folder would fill the node.
func (Fill) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.OwnFileSystem} }

// Inject fills all of them at once.
func (f Fill) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.FillArgs{FolderArgs: node.FolderArgs{Folder: cmp.Or(f.Store, officialStore)}, Leave: f.Leave}
	return hand.Inject(ctx, on, f, hand.Plan{Target: f.Target, Verb: node.FillVerb, Args: args, Seen: f.seenFull})
}

// slack is what the server itself may have given back since, by deleting a file.
const slack = 256 << 20

func (f Fill) seenFull(ctx context.Context, h hand.Hit) error {
	var now node.Space
	if err := h.See(ctx, &now); err != nil {
		return err
	}
	if now.Taken == 0 || now.Free > f.Leave+slack {
		return fmt.Errorf("%d bytes of its volume are free, and %d are taken by us", now.Free, now.Taken)
	}
	return nil
}
