//go:build e2e

package suites

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/scenario"
)

// underWay is the conductor's step that runs now.
var underWay atomic.Pointer[progress.Step]

// announce shows the conductor's steps on the terminal.
func announce(ctx context.Context) scenario.Progress {
	return func(name string) scenario.Step {
		step := progress.Start(ctx, "%s", name)
		underWay.Store(step)
		return step
	}
}

// narrator shows what the faults log: what they wait for beside the step under way, what they do on a line of its own.
type narrator struct{ slog.Handler }

func (narrator) Enabled(context.Context, slog.Level) bool { return true }

func (n narrator) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		return n.Handler.Handle(ctx, r)
	}
	text, waits := strings.TrimPrefix(r.Message, "waiting for "), false
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "for": // the step counts the time itself
			waits = true
		case "seen":
			text += ": " + a.Value.String()
		default:
			text += fmt.Sprintf(" %s %s", a.Key, a.Value)
		}
		return true
	})
	if step := underWay.Load(); waits && step != nil {
		step.Waiting("%s", text)
		return nil
	}
	if r.Level == slog.LevelInfo {
		progress.Say(ctx, "  %s", text)
	}
	return nil
}
