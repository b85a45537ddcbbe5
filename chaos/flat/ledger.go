package flat

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// Entry is one promise to undo something. It is written before the act, so that a fresh process can undo what
// a killed one did, and holds all that this takes.
type Entry struct {
	ID        string          `json:"id"` // unique
	Run       string          `json:"run"`
	Cluster   types.UID       `json:"cluster,omitempty"` // of the namespace kube-system; empty where it may not be read
	Namespace string          `json:"namespace"`
	Fault     string          `json:"fault"`
	Target    string          `json:"target"`
	Undo      Undo            `json:"undo"`
	Prior     json.RawMessage `json:"prior"` // the state to return to; its form depends on Undo
	At        time.Time       `json:"at"`
	Healed    *time.Time      `json:"healed,omitempty"` // set after the undone state was read back
}

// mark is what the act leaves on what it changes outside the namespace.
func (e Entry) mark() string { return e.Namespace + "/" + e.ID }

// Ledger keeps the promises twice: in a file, line by line, and in a ConfigMap of the namespace, which survives
// the loss of the machine that ran the experiment.
type Ledger struct {
	run  string
	file *ledgerFile // nil: the ConfigMap alone

	mu   sync.Mutex
	last int
}

// OpenLedger opens or creates a ledger file for a new run. An empty path keeps the ConfigMap alone.
func OpenLedger(path string) (*Ledger, error) {
	l := newLedger()
	if path == "" {
		return l, nil
	}
	var err error
	l.file, err = openLedgerFile(path)
	return l, err
}

func newLedger() *Ledger {
	var b [4]byte
	rand.Read(b[:]) // never fails: it ends the program rather
	return &Ledger{run: time.Now().UTC().Format("20060102-150405") + "-" + hex.EncodeToString(b[:])}
}

// Run is the run's mark. It begins the marks that the run's acts leave in the cluster.
func (l *Ledger) Run() string { return l.run }

// Close closes the file. Entries that are open stay so.
func (l *Ledger) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.close()
}

type ledgerKey struct{}

// WithLedger returns a context whose faults write to l. Without one they use the ConfigMap alone.
func WithLedger(ctx context.Context, l *Ledger) context.Context {
	return context.WithValue(ctx, ledgerKey{}, l)
}

func ledgerOf(ctx context.Context) *Ledger {
	if l, ok := ctx.Value(ledgerKey{}).(*Ledger); ok && l != nil {
		return l
	}
	return newLedger()
}

// intend writes down what is going to be done. Only when it returns nil may the act begin.
func (l *Ledger) intend(ctx context.Context, c Cluster, e Entry, prior any) (Entry, error) {
	raw, err := json.Marshal(prior)
	if err != nil {
		return e, fmt.Errorf("writing down the state before %s: %w", e.Fault, err)
	}
	l.mu.Lock()
	l.last++
	e.ID = fmt.Sprintf("%s.%d", l.run, l.last)
	l.mu.Unlock()
	e.Run, e.Namespace, e.Prior, e.At = l.run, c.Namespace(), raw, time.Now().UTC()
	if e.Cluster, err = clusterID(ctx, c); err != nil {
		return e, err
	}
	if err := l.refuseLeftOver(ctx, c); err != nil {
		return e, err
	}
	if err := l.append(e); err != nil {
		return e, err
	}
	if err := putEntry(ctx, c, e); err != nil {
		return e, errors.Join(fmt.Errorf("%s was not begun: %w", e.Fault, err), l.append(done(e)))
	}
	return e, nil
}

// healed notes that the entry's undone state was read back.
func (l *Ledger) healed(ctx context.Context, c Cluster, e Entry) error {
	if err := l.append(done(e)); err != nil {
		return err
	}
	return dropEntry(ctx, c, e)
}

func (l *Ledger) append(e Entry) error {
	if l.file == nil {
		return nil
	}
	return l.file.append(e)
}

func done(e Entry) Entry {
	now := time.Now().UTC()
	e.Healed = &now
	return e
}

// refuseLeftOver keeps a new fault from being laid over one that another run left: what was prior would be unclear.
func (l *Ledger) refuseLeftOver(ctx context.Context, c Cluster) error {
	open, err := readEntries(ctx, c)
	if err != nil {
		return err
	}
	for _, e := range open {
		if e.Run != l.run {
			return fmt.Errorf("run %s left %s on %s in namespace %s unhealed: recover it first", e.Run, e.Fault, e.Target, e.Namespace)
		}
	}
	return nil
}
