package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/nodes"
)

// Recover heals what was left in the namespace, the last first, and returns what it healed. An entry that cannot be
// healed stays open and does not keep others from it.
func (s *System) Recover(ctx context.Context) ([]chaos.Entry, error) {
	left, err := s.left(ctx)
	if err != nil {
		return nil, fmt.Errorf("recovering namespace %s: %w", s.namespace, err)
	}
	for _, e := range left {
		if image := hand.ImageIn(e); image != "" {
			s.helpers.Use(image)
		}
	}
	var healed, unhealed []chaos.Entry
	var errs []error
	for _, e := range slices.Backward(left) {
		u, err := undoNamed(e.Undo)
		if slices.ContainsFunc(unhealed, func(o chaos.Entry) bool { return o.Undo == u.After && sameInjection(o, e) }) {
			continue
		}
		if err == nil {
			err = u.Heal(ctx, s, e)
		}
		if err != nil {
			unhealed, errs = append(unhealed, e), append(errs, err)
			continue
		}
		healed = append(healed, e)
	}
	return healed, errors.Join(errs...)
}

func sameInjection(a, b chaos.Entry) bool { return a.Run == b.Run && a.Injection == b.Injection }

// left returns what is not healed: what the ledger tells, and each node that bears a mark of ours and whose entry is
// lost, as when the namespace was deleted and the file is another run's.
func (s *System) left(ctx context.Context) ([]chaos.Entry, error) {
	found, err := s.journal.Open(ctx)
	if err != nil {
		return nil, err
	}
	marked, err := nodes.Marked(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, e := range marked {
		if !slices.ContainsFunc(found, func(f chaos.Entry) bool { return f.ID == e.ID }) {
			found = append(found, e)
		}
	}
	return found, nil
}
