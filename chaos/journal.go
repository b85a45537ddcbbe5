package chaos

import (
	"context"
	"encoding/json"
	"time"
)

// Entry is one promise to undo something. It is written before the act, so that a fresh process can undo what
// a killed one did, and holds all that this takes.
type Entry struct {
	ID        string          `json:"id"` // unique
	Run       string          `json:"run"`
	Cluster   string          `json:"cluster,omitempty"` // UID of the namespace kube-system; empty where it may not be read
	Namespace string          `json:"namespace"`
	Injection uint64          `json:"injection,omitempty"` // counts within the run: promises of one injection share it
	Fault     string          `json:"fault"`
	Target    string          `json:"target"`
	Undo      string          `json:"undo"`  // name of an Undo
	Prior     json.RawMessage `json:"prior"` // the state to return to; its form depends on Undo
	At        time.Time       `json:"at"`
	Healed    *time.Time      `json:"healed,omitempty"` // set after the undone state was read back
}

// Mark is what the act leaves on whatever it changes outside the namespace.
func (e Entry) Mark() string { return e.Namespace + "/" + e.ID }

// Journal keeps promises where they outlive this process.
type Journal interface {
	// Intend writes down what is going to be done, and completes the entry: ID, run, cluster, namespace, time. Only when it
	// returns nil may the act begin. It refuses while another run's promise is open, and
	// while the same fault acts on the same target already.
	Intend(ctx context.Context, e Entry) (Entry, error)
	// Amend replaces the prior state of an entry in one write, before the next act of the same fault.
	Amend(ctx context.Context, e Entry) error
	// Healed notes that the entry's undone state was read back.
	Healed(ctx context.Context, e Entry) error
}

// Undo returns something to its prior state. It looks at what is and not at how far the act came, so it may be called at
// any time and again; and it needs neither the runner that died nor RocketMQ's word.
type Undo struct {
	Name string // as entries have it; it must never change
	Do   func(ctx context.Context, on System, e Entry) error
	// After is the Name of the undo of which the same injection may have none left by then: it needs what this one takes away.
	After string
}
