package clock

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Strobe moves the clock of the target's server away and back again and again, until it is healed.
type Strobe struct {
	chaos.Target
	By    time.Duration // whole seconds; negative: back
	Every time.Duration // wrong for so long and right for so long, in turn
}

// Name says whose clock, by how much and how often.
func (s Strobe) Name() string {
	return fmt.Sprintf("the clock of %s is off by %s and right every %s in turn", s.Target, s.By, s.Every)
}

// Needs what Step needs.
func (Strobe) Needs() []chaos.Need { return Step{}.Needs() }

// fastest: a log line an instant is not to be had, so a faster strobe could not be seen.
const fastest = time.Second

// Inject begins with the wrong time.
func (s Strobe) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if err := tells(s.By); err != nil {
		return nil, err
	}
	if s.Every < fastest {
		return nil, fmt.Errorf("a clock that changes every %s: take %s at least", s.Every, fastest)
	}
	return hand.Inject(ctx, on, s, hand.Plan{Target: s.Target, Verb: node.ClockVerb, Args: node.ClockArgs{}, Learn: from(s.By, s.Every), Seen: s.seen})
}

// seen returns nil once the server has written both times into its log.
func (s Strobe) seen(ctx context.Context, h hand.Hit) error {
	var wrong, right bool
	return kube.Wait(ctx, kube.ReplaceWithin, "the server in pod "+h.Pod+" to write the wrong time and the right one", func(ctx context.Context) error {
		now, off, err := look(ctx, h)
		if err != nil {
			return err
		}
		wrong = wrong || !now.Gone && (off-s.By).Abs() <= inaccuracy
		right = right || wrong && !now.Gone && off.Abs() <= inaccuracy
		if !right {
			return fmt.Errorf("its log is off by %s (wrong so far: %t), and should be by %s and 0s in turn; gone: %t", off, wrong, s.By, now.Gone)
		}
		return nil
	})
}

// look asks how far the server's log is off from what it was before.
func look(ctx context.Context, h hand.Hit) (now node.ClockSeen, off time.Duration, err error) {
	var args node.ClockArgs
	if err := json.Unmarshal(h.Act.Args, &args); err != nil {
		return now, 0, fmt.Errorf("reading how the clock was before: %w", err)
	}
	err = h.See(ctx, &now)
	return now, now.Said - args.Before, err
}
