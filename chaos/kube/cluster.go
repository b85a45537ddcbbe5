package kube

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"k8s.io/client-go/kubernetes"
)

// Cluster is a system under test that runs on Kubernetes.
type Cluster interface {
	chaos.System
	Client() kubernetes.Interface
}

// Of returns the system as a Cluster, or says that it is none.
func Of(on chaos.System) (Cluster, error) {
	c, ok := on.(Cluster)
	if !ok {
		return nil, fmt.Errorf("this fault acts through Kubernetes, and the system under test (%T) has no client for it", on)
	}
	return c, nil
}

// Undoing makes an Undo from a function of the prior state that was written down. mark is what the act left on things
// outside the namespace.
func Undoing[P any](name string, undo func(ctx context.Context, c Cluster, mark string, prior P) error) chaos.Undo {
	return chaos.Undo{Name: name, Do: func(ctx context.Context, on chaos.System, e chaos.Entry) error {
		c, err := Of(on)
		if err != nil {
			return err
		}
		var prior P
		if err := json.Unmarshal(e.Prior, &prior); err != nil {
			return fmt.Errorf("reading the state before the fault: %w", err)
		}
		return patiently(ctx, name, func(ctx context.Context) error { return undo(ctx, c, e.Mark(), prior) })
	}}
}
