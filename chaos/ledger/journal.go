package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Journal is a ledger's part of one namespace. It is a chaos.Journal.
type Journal struct {
	ledger    *Ledger
	client    kubernetes.Interface
	namespace string
}

// Intend writes down what is going to be done. Only when it returns nil may the act begin.
func (j *Journal) Intend(ctx context.Context, e chaos.Entry) (chaos.Entry, error) {
	e.ID, e.Run, e.Namespace, e.At = j.ledger.newID(), j.ledger.run, j.namespace, time.Now().UTC()
	if err := j.refuseStopped(ctx); err != nil {
		return e, err
	}
	var err error
	if e.Cluster, err = j.cluster(ctx); err != nil {
		return e, err
	}
	j.ledger.intends.Lock() // two faults at once see each other
	defer j.ledger.intends.Unlock()
	if err := j.refuseUnhealed(ctx, e); err != nil {
		return e, err
	}
	if err := j.ledger.append(e); err != nil {
		return e, err
	}
	if err := j.put(ctx, e); err != nil {
		return e, errors.Join(fmt.Errorf("%s does not act: %w", e.Fault, err), j.takeBack(ctx, e))
	}
	return e, nil
}

// Amend replaces the prior state of an entry. Where that fails, the entry stays: acts before this one are still to be undone.
func (j *Journal) Amend(ctx context.Context, e chaos.Entry) error {
	if err := j.ledger.append(e); err != nil {
		return err
	}
	if err := j.put(ctx, e); err != nil {
		return fmt.Errorf("%s does not act: %w", e.Fault, err)
	}
	return nil
}

// takeBack notes that an act was never begun. The experiment may be cancelled by now, and the cluster may have the entry all
// the same: the answer was lost then.
func (j *Journal) takeBack(ctx context.Context, e chaos.Entry) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeBackWithin)
	defer cancel()
	if err := j.ledger.append(done(e)); err != nil {
		return err
	}
	open, err := j.read(ctx)
	if err == nil && slices.ContainsFunc(open, func(o chaos.Entry) bool { return o.ID == e.ID }) {
		err = j.drop(ctx, e)
	}
	return err
}

// takeBackWithin: a few requests to the API server.
const takeBackWithin = 15 * time.Second

// Healed notes that the entry's undone state was read back.
func (j *Journal) Healed(ctx context.Context, e chaos.Entry) error {
	if err := j.ledger.append(done(e)); err != nil {
		return err
	}
	return j.drop(ctx, e)
}

// refuseUnhealed keeps a new fault from being laid over one that another run left, or over itself: what was prior would be unclear.
func (j *Journal) refuseUnhealed(ctx context.Context, next chaos.Entry) error {
	open, err := j.read(ctx)
	if err != nil {
		return err
	}
	for _, e := range open {
		if e.Run != next.Run {
			return fmt.Errorf("run %s left %s on %s unhealed: heal it first with: rmqproof recover --namespace %s", e.Run, e.Fault, e.Target, e.Namespace)
		}
		if e.Injection != next.Injection && e.Fault == next.Fault && e.Target == next.Target {
			return fmt.Errorf("%s acts on %s already: it is not laid over itself; heal the one before it first", e.Fault, e.Target)
		}
	}
	return nil
}

// Open returns what is not healed yet, oldest first: what the file and the ConfigMap hold of this cluster and
// namespace. A line that says healed wins over a ConfigMap that could not be told any more, and is told now.
func (j *Journal) Open(ctx context.Context) ([]chaos.Entry, error) {
	inCluster, err := j.read(ctx)
	if err != nil {
		return nil, err
	}
	inFile, err := j.ledger.entries()
	if err != nil {
		return nil, err
	}
	id, err := j.cluster(ctx)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(merge(inCluster, inFile), func(e chaos.Entry) bool {
		return e.Namespace != j.namespace || e.Cluster != id && !(hasID(inCluster, e.ID) && unknown(id, e.Cluster))
	})
	if err := unsaid(id, j.namespace, merge(inFile), found); err != nil {
		return nil, err
	}
	for _, e := range inCluster {
		if hasID(found, e.ID) {
			continue
		}
		if err := j.drop(ctx, e); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func hasID(list []chaos.Entry, id string) bool {
	return slices.ContainsFunc(list, func(e chaos.Entry) bool { return e.ID == id })
}

// unknown tells that who wrote an entry, or who reads it, may not see which cluster it is. What stands in the cluster's own
// ConfigMap is of this cluster all the same.
func unknown(reader, writer string) bool { return reader == "" || writer == "" }

// unsaid is an error where only the file knows of a fault, and nobody can tell whether it is of this cluster.
func unsaid(id, namespace string, inFile, found []chaos.Entry) error {
	for _, e := range inFile {
		if unknown(id, e.Cluster) && e.Namespace == namespace && !hasID(found, e.ID) {
			return fmt.Errorf("the ledger's file has %s on %s unhealed, and nobody can tell whether that is of this cluster: run and recovery alike need the right to get namespace %s",
				e.Fault, e.Target, metav1.NamespaceSystem)
		}
	}
	return nil
}
