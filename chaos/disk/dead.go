package disk

import (
	"cmp"
	"context"
	"errors"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Dead lets the targets' disks fail under their servers, which go on: every write, every synchronisation, and every read that
// the memory does not hold ends in an I/O error. To heal it the pod is taken away until its volume is detached.
type Dead struct {
	chaos.Target
	Store string // the brokers' store in their containers; empty: that of the official image
}

// Name says whose disk dies.
func (d Dead) Name() string { return "the disk of " + d.Target.String() + " dies" }

// Needs what a power loss needs.
func (Dead) Needs() []chaos.Need { return PowerLoss{}.Needs() }

// Inject ends all of them at once.
func (d Dead) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.PowerArgs{FolderArgs: node.FolderArgs{Folder: cmp.Or(d.Store, officialStore)}, DiskAlone: true}
	p, _ := mountedAnew(hand.Plan{Target: d.Target, Verb: node.PowerVerb, Args: args, Seen: sawDead})
	return hand.Inject(ctx, on, d, p)
}

// sawDead returns nil when the file system was seen dead. It stays so until it is unmounted everywhere.
func sawDead(ctx context.Context, h hand.Hit) error {
	var outage node.Outage
	if err := h.See(ctx, &outage); err != nil {
		return err
	}
	if outage.Refusal == "" {
		return errors.New("nobody saw its file system dead")
	}
	return nil
}
