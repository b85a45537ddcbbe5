package disk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Hang freezes the targets' volumes: whoever writes there waits, without an error, until it is healed.
type Hang struct {
	chaos.Target
	Store string // the brokers' store in their containers, the root of their volume; empty: that of the official image
}

// Name says whose disk hangs.
func (h Hang) Name() string { return "the disk of " + h.Target.String() + " hangs" }

// Needs the node helper, and volumes with a file system of their own: to freeze the node's would freeze the node.
func (Hang) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.OwnFileSystem} }

// Inject freezes all of them at once.
func (h Hang) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.FolderArgs{Folder: cmp.Or(h.Store, officialStore)}
	return hand.Inject(ctx, on, h, hand.Plan{Target: h.Target, Verb: node.HangVerb, Args: args, Seen: stuck(false)})
}

// stuck returns nil once a thread of the server waits for its disk; ruled: and the kernel tells by which rule.
func stuck(ruled bool) func(context.Context, hand.Hit) error {
	return func(ctx context.Context, h hand.Hit) error {
		return kube.Wait(ctx, kube.ReplaceWithin, "the server in pod "+h.Pod+" to wait for its disk", func(ctx context.Context) error {
			var now node.Stuck
			if err := h.See(ctx, &now); err != nil {
				return err
			}
			if now.Threads == 0 || now.Gone || ruled && now.Rule == "" {
				return fmt.Errorf("%d of its threads wait; rule %q; gone: %t", now.Threads, now.Rule, now.Gone)
			}
			return nil
		})
	}
}
