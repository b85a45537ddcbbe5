package resource

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// NoFiles lets the target's server open no further file and accept no further connection. What is open stays open.
type NoFiles struct{ chaos.Target }

// Name says for whom.
func (n NoFiles) Name() string { return "no further file or connection for " + n.Target.String() }

// Needs the node helper.
func (NoFiles) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }

// Inject lowers the soft limit of each target's running process.
func (n NoFiles) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, n, hand.Plan{Target: n.Target, Verb: node.FilesVerb, Args: struct{}{}, Seen: full})
}

// full returns nil when the server has no number left to give a file: the kernel then refuses to open one.
func full(ctx context.Context, h hand.Hit) error {
	return kube.Wait(ctx, kube.ReplaceWithin, "the server in pod "+h.Pod+" to have no file left", func(ctx context.Context) error {
		var now node.FilesSeen
		if err := h.See(ctx, &now); err != nil {
			return err
		}
		if now.Gone || now.Soft == now.Hard || now.Free > 0 {
			return fmt.Errorf("it may have %d files, of %d at most, and can open %d more; gone: %t", now.Soft, now.Hard, now.Free, now.Gone)
		}
		return nil
	})
}
