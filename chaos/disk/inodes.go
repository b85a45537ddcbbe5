package disk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// NoInodes lets no further file be made on the targets' volumes, while there is space: what monitors space sees nothing.
type NoInodes struct {
	chaos.Target
	Store string // the brokers' store in their containers, the root of their volume; empty: that of the official image
}

// Name says whose volumes they are.
func (n NoInodes) Name() string { return "no inode left on the volume of " + n.Target.String() }

// Needs the node helper, and volumes with a file system of their own, of ext4.
func (NoInodes) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.OwnFileSystem} }

// Inject takes the inodes of all of them at once.
func (n NoInodes) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.FolderArgs{Folder: cmp.Or(n.Store, officialStore)}
	return hand.Inject(ctx, on, n, hand.Plan{Target: n.Target, Verb: node.InodesVerb, Args: args, Seen: noInode})
}

// spareInodes is what the server itself may have given back since, by deleting files.
const spareInodes = 64

func noInode(ctx context.Context, h hand.Hit) error {
	var now node.Inodes
	if err := h.See(ctx, &now); err != nil {
		return err
	}
	if !now.Taken || now.Free > spareInodes {
		return fmt.Errorf("%d inodes of its volume are free; taken by us: %t", now.Free, now.Taken)
	}
	return nil
}
