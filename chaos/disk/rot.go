package disk

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Rot changes one byte of a message in a finished log file of each target, as a disk does that decays. Nobody is told, and
// healing does not change it back.
type Rot struct {
	chaos.Target
	Store string // the brokers' store in their containers; empty: that of the official image
}

// Name says whose log it is.
func (r Rot) Name() string { return "a byte changes in the log of " + r.Target.String() }

// Needs the node helper.
func (Rot) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject changes a byte of each target's log.
func (r Rot) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.FolderArgs{Folder: cmp.Or(r.Store, officialStore) + "/commitlog"}
	return hand.Inject(ctx, on, r, hand.Plan{Target: r.Target, Verb: node.RotVerb, Args: args, Seen: rotten})
}

func rotten(ctx context.Context, h hand.Hit) error {
	var now node.Rotten
	if err := h.See(ctx, &now); err != nil {
		return err
	}
	if now.File == "" {
		return errors.New("no byte of it was changed")
	}
	if now.Is == now.Was {
		return fmt.Errorf("byte %d of %s is %#x as before", now.At, now.File, now.Is)
	}
	return nil
}
