package process

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// Crash kills the server with SIGKILL, and again each time that the kubelet has started it anew.
type Crash struct {
	chaos.Target
	// Times is how often. Zero: again and again until it is healed, which is a crash loop. Two: once more while it recovers.
	Times int
}

// Name says who crashes, and how often.
func (c Crash) Name() string {
	if c.Times == 0 {
		return "crash loop of " + c.Target.String()
	}
	return fmt.Sprintf("SIGKILL %s, %d times", c.Target, c.Times)
}

// Needs the node helper.
func (Crash) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject begins with all targets at once.
func (c Crash) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, c, hand.Plan{Target: c.Target, Verb: node.CrashVerb, Args: node.CrashArgs{Times: c.Times}, Seen: c.seen})
}

// seen returns nil once the last kill has bitten: of a loop, the second. The kubelet waits longer before each restart.
func (c Crash) seen(ctx context.Context, h hand.Hit) error {
	want := c.Times
	if want == 0 {
		want = 2
	}
	what := fmt.Sprintf("the server in pod %s to be killed %d times", h.Pod, want)
	err := kube.Wait(ctx, kube.StartWithin, what, func(ctx context.Context) error {
		var now node.Crashes
		if err := h.See(ctx, &now); err != nil {
			return err
		}
		if now.Killed < want {
			return fmt.Errorf("it was killed %d times", now.Killed)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return hand.Restarted(ctx, h)
}
