package clock

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Step moves the clock of the target's server forward, or back, until it is healed. What counts time and not the hour goes on as it did.
type Step struct {
	chaos.Target
	By time.Duration // whole seconds; negative: back
}

// Name says whose clock, and by how much.
func (s Step) Name() string {
	if s.By < 0 {
		return fmt.Sprintf("the clock of %s steps back by %s", s.Target, -s.By)
	}
	return fmt.Sprintf("the clock of %s steps forward by %s", s.Target, s.By)
}

// Needs the node helper and a process whose memory may be written.
func (Step) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper, chaos.ProcessMemory} }

// Inject moves the clocks of all targets at once.
func (s Step) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if err := tells(s.By); err != nil {
		return nil, err
	}
	return hand.Inject(ctx, on, s, hand.Plan{Target: s.Target, Verb: node.ClockVerb, Args: node.ClockArgs{}, Learn: from(s.By, 0), Seen: s.seen})
}

// inaccuracy is how far a log line may be off: it has whole seconds, and may have waited to be written.
const inaccuracy = 2 * time.Second

func tells(by time.Duration) error {
	if by.Abs() <= 2*inaccuracy || by%time.Second != 0 {
		return fmt.Errorf("a clock that is %s off cannot be told from a right one: take whole seconds, more than %s", by, 2*inaccuracy)
	}
	return nil
}

// from asks what the server's clock is before it is moved: its log's time zone is part of it.
func from(by, every time.Duration) func(context.Context, hand.Hit) (any, error) {
	return func(ctx context.Context, h hand.Hit) (any, error) {
		var now node.ClockSeen
		if err := h.See(ctx, &now); err != nil {
			return nil, err
		}
		if now.Gone || now.Added != 0 {
			return nil, fmt.Errorf("its clock is moved by %s already; gone: %t", now.Added, now.Gone)
		}
		return node.ClockArgs{By: by, Every: every, Before: now.Said}, nil
	}
}

// seen returns nil once the server writes the wrong time into its log.
func (s Step) seen(ctx context.Context, h hand.Hit) error {
	return kube.Wait(ctx, kube.ReplaceWithin, "the server in pod "+h.Pod+" to write the wrong time", func(ctx context.Context) error {
		now, off, err := look(ctx, h)
		if err == nil && (now.Gone || now.Added != s.By || (off-s.By).Abs() > inaccuracy) {
			err = fmt.Errorf("%s are added to its clock, and its log is off by %s, and should be by %s; gone: %t", now.Added, off, s.By, now.Gone)
		}
		return err
	})
}
