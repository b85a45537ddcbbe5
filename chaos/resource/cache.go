package resource

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// DropCache takes from the target's container what it has of files in memory, once: what it reads next comes from the disk. Others keep theirs.
type DropCache struct{ chaos.Target }

// Name says whose.
func (d DropCache) Name() string { return "page cache of " + d.Target.String() + " dropped" }

// Needs the node helper and control groups.
func (DropCache) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.ControlGroups} }

// Inject asks the kernel to reclaim within each target's control group.
func (d DropCache) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, d, hand.Plan{Target: d.Target, Verb: node.CacheVerb, Args: struct{}{}, Seen: dropped})
}

// dropped returns nil when the container had less than half of it right after: what is being written stays.
func dropped(ctx context.Context, h hand.Hit) error {
	var now node.CacheSeen
	if err := h.See(ctx, &now); err != nil {
		return err
	}
	if now.Before == 0 || now.After >= now.Before/2 {
		return fmt.Errorf("%d KiB of files were in its memory, and %d KiB right after", now.Before>>10, now.After>>10)
	}
	return nil
}
