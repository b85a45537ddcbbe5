package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
)

// Undo names a function that returns something to its prior state. It looks at what is, not at how far the act
// came, so it can be called at any time and again; and it needs the API server alone, neither the runner that
// died nor its agent.
type Undo string

// What can be undone.
const (
	AwaitPods   Undo = "await-pods"           // a controller brings the pods back by itself; see that it did
	Uncordon    Undo = "uncordon"             // of a node that bears the entry's mark
	RecreateSet Undo = "recreate-statefulset" // from its recorded spec
	RestoreSets Undo = "restore-images"       // of StatefulSets whose upgrade did not end
)

func (u Undo) apply(ctx context.Context, c Cluster, e Entry) error {
	switch u {
	case AwaitPods:
		return withPrior(ctx, c, e, awaitPods)
	case Uncordon:
		return withPrior(ctx, c, e, uncordon)
	case RecreateSet:
		return withPrior(ctx, c, e, recreateSet)
	case RestoreSets:
		return withPrior(ctx, c, e, restoreSets)
	}
	return fmt.Errorf("this program does not know the undo %q; it was written by another version", u)
}

func withPrior[P any](ctx context.Context, c Cluster, e Entry, undo func(context.Context, Cluster, string, P) error) error {
	var prior P
	if err := json.Unmarshal(e.Prior, &prior); err != nil {
		return fmt.Errorf("reading the state before the fault: %w", err)
	}
	return undo(ctx, c, e.ID, prior)
}

// Recover heals what a killed runner left in the cluster's namespace, as the ledger's file and ConfigMap tell it,
// and returns what it healed. An entry that cannot be healed stays open and does not keep others from it.
func Recover(ctx context.Context, l *Ledger, c Cluster) ([]Entry, error) {
	left, err := l.open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("recovering namespace %s: %w", c.Namespace(), err)
	}
	return heal(ctx, c, l, left)
}

// heal undoes the entries, the last first, and marks each that is read back as undone.
func heal(ctx context.Context, c Cluster, l *Ledger, entries []Entry) ([]Entry, error) {
	var healed []Entry
	var errs []error
	for _, e := range slices.Backward(entries) {
		slog.InfoContext(ctx, "healing", "fault", e.Fault, "target", e.Target, "by", e.Undo)
		err := e.Undo.apply(ctx, c, e)
		if err == nil {
			err = l.healed(ctx, c, e)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("healing %s on %s (%s): %w", e.Fault, e.Target, e.Undo, err))
			continue
		}
		healed = append(healed, e)
	}
	return healed, errors.Join(errs...)
}
