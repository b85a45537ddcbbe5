package resource

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Burn has processes of ours take processor time in the target's container, beside its server: they share what the container may have.
type Burn struct {
	chaos.Target
	Processes int // as many cores as they take where nobody else wants them
}

// Name says how many.
func (b Burn) Name() string {
	return fmt.Sprintf("%d processes burn processor time beside %s", b.Processes, b.Target)
}

// Needs the node helper and control groups.
func (Burn) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.ControlGroups} }

// mostBurning keeps a slip from taking a machine away.
const mostBurning = 64

// Inject starts them in each target's control group.
func (b Burn) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if b.Processes < 1 || b.Processes > mostBurning {
		return nil, fmt.Errorf("%d processes cannot burn: take 1 to %d", b.Processes, mostBurning)
	}
	args := node.BurnArgs{Processes: b.Processes}
	return hand.Inject(ctx, on, b, hand.Plan{Target: b.Target, Verb: node.BurnVerb, Args: args, Seen: b.seen})
}

// burnt is what every look needs to see more: a tick of the kernel is a hundredth of a second.
const burnt = 100 * time.Millisecond

// seen returns nil once all of them are in the container's group and have taken more time since the first look.
func (b Burn) seen(ctx context.Context, h hand.Hit) error {
	var first node.BurnSeen
	if err := h.See(ctx, &first); err != nil {
		return err
	}
	return kube.Wait(ctx, kube.ReplaceWithin, "processor time to be burnt in pod "+h.Pod, func(ctx context.Context) error {
		var now node.BurnSeen
		if err := h.See(ctx, &now); err != nil {
			return err
		}
		if now.Inside != b.Processes || now.Used < first.Used+burnt {
			return fmt.Errorf("%d processes are in the container's group and have taken %s since the first look", now.Inside, now.Used-first.Used)
		}
		return nil
	})
}
