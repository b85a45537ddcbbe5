package flat

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
	return undo(ctx, c, e.mark(), prior)
}

// Recover heals what a killed runner left in the cluster's namespace, as the ledger's file and ConfigMap and the marks
// on nodes tell it, and returns what it healed. An entry that cannot be healed stays open and does not keep others from it.
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

// open returns what is not healed yet, oldest first: what the file and the ConfigMap hold of this cluster and
// namespace. A line that says healed wins over a ConfigMap that could not be told any more, and is told now.
func (l *Ledger) open(ctx context.Context, c Cluster) ([]Entry, error) {
	inCluster, err := readEntries(ctx, c)
	if err != nil {
		return nil, err
	}
	var inFile []Entry
	if l.file != nil {
		if inFile, err = l.file.read(); err != nil {
			return nil, err
		}
	}
	id, err := clusterID(ctx, c)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(merge(inCluster, inFile), func(e Entry) bool {
		return e.Namespace != c.Namespace() || e.Cluster != id
	})
	for _, e := range without(inCluster, found) {
		if err := dropEntry(ctx, c, e); err != nil {
			return nil, err
		}
	}
	return l.withLost(ctx, c, found)
}

// withLost adds an entry for each node that bears a mark of ours and whose entry is lost, as when the namespace was
// deleted and the file is another run's.
func (l *Ledger) withLost(ctx context.Context, c Cluster, found []Entry) ([]Entry, error) {
	marked, err := markedNodes(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, e := range marked {
		if !slices.ContainsFunc(found, func(f Entry) bool { return f.ID == e.ID }) {
			found = append(found, e)
		}
	}
	return found, nil
}
