package fake

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/rmqproof/rmqproof/chaos"
)

// hands are the helpers of all nodes: what they hold, and what they see.
type hands struct {
	held map[string]chaos.Act
}

type hand struct {
	cluster *Cluster
	node    string
}

// Hand is a helper that lives as long as the cluster.
func (f *Cluster) Hand(_ context.Context, node string) (chaos.Hand, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hands.held == nil {
		f.hands.held = map[string]chaos.Act{}
	}
	return &hand{f, node}, nil
}

func (h *hand) Act(context.Context, chaos.Act) error      { return errors.ErrUnsupported }
func (h *hand) Undo(context.Context, chaos.Act) error     { return errors.ErrUnsupported }
func (h *hand) See(context.Context, chaos.Act, any) error { return errors.ErrUnsupported }
func (h *hand) Close(context.Context) error               { return nil }

var _ = json.Marshal
