package disk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Empty leaves one of a broker's small files created and empty, as a loss of power does to a file that nobody synchronised. The
// server is stopped before and killed after: it neither sees it live nor writes the file again. Its next start finds it so.
type Empty struct {
	chaos.Target
	File  string // below the store, one of node.Emptiable
	Store string // the brokers' store in their containers; empty: that of the official image
}

// The files that an ordinary broker has, and reads when it starts.
const (
	Topics     = "config/topics.json"
	Offsets    = "config/consumerOffset.json"
	Checkpoint = "checkpoint"
	Abort      = "abort"
)

// Name says which file of whom.
func (e Empty) Name() string { return e.File + " of " + e.Target.String() + " is empty" }

// Needs the node helper.
func (Empty) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject empties the file of all targets at once.
func (e Empty) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.EmptyArgs{FolderArgs: node.FolderArgs{Folder: cmp.Or(e.Store, officialStore)}, File: e.File}
	return hand.Inject(ctx, on, e, hand.Plan{Target: e.Target, Verb: node.EmptyVerb, Args: args, Seen: emptied})
}

// emptied returns nil when the file was seen empty while no server ran, and another server has started since.
func emptied(ctx context.Context, h hand.Hit) error {
	var saw node.Emptied
	if err := h.See(ctx, &saw); err != nil {
		return err
	}
	if saw.File == "" || saw.Left != 0 {
		return fmt.Errorf("nobody saw its file empty: %q has %d bytes left of %d", saw.File, saw.Left, saw.Had)
	}
	return hand.Restarted(ctx, h)
}
