//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

// Helper keeps what was done, and undoes it when nobody asks any more.
type Helper struct {
	verbs []Verb
	lease time.Duration

	heard  chan struct{}
	mu     sync.Mutex
	held   []chaos.Act
	spared map[string]bool // ids of acts that were refused before anything was done
	ending bool
}

// New returns a helper that undoes everything when it has heard nothing for the length of the lease.
func New(verbs []Verb, lease time.Duration) *Helper {
	return &Helper{verbs: verbs, lease: lease, heard: make(chan struct{}, 1), spared: map[string]bool{}}
}

// undoWithin bounds the undoing of everything; Kubernetes gives an ending pod no more than its grace period.
const undoWithin = 20 * time.Second

// Keep waits until the context ends, the runner has gone silent, or deadline has passed, and then undoes what is held.
func (h *Helper) Keep(ctx context.Context, deadline time.Duration) error {
	why := h.watch(ctx, deadline)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoWithin)
	defer cancel()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ending = true
	slog.InfoContext(ctx, "ending", "because", why, "acts to undo", len(h.held))
	var errs []error
	for _, a := range slices.Backward(h.held) {
		err := h.undo(ctx, a)
		slog.InfoContext(ctx, "undone", "act", a.ID, "verb", a.Verb, "pod", a.On.Pod, "error", err)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (h *Helper) watch(ctx context.Context, deadline time.Duration) (why string) {
	over := time.NewTimer(deadline)
	defer over.Stop()
	silence := time.NewTimer(h.lease)
	defer silence.Stop()
	for {
		select {
		case <-ctx.Done():
			return "it was told to"
		case <-over.C:
			return fmt.Sprintf("its time of %s is over", deadline)
		case <-silence.C:
			return fmt.Sprintf("its runner was silent for %s", h.lease)
		case <-h.heard:
			silence.Reset(h.lease)
		}
	}
}

// hear renews the lease.
func (h *Helper) hear() {
	select {
	case h.heard <- struct{}{}:
	default: // the watch has not read the last one yet
	}
}

// act does it once: an act that is held already is left alone.
func (h *Helper) act(ctx context.Context, a chaos.Act) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ending {
		return errors.New("the helper is ending: it would undo this at once")
	}
	v, err := verbNamed(h.verbs, a.Verb)
	if err != nil || h.index(a) >= 0 {
		return err
	}
	h.held = append(h.held, a) // before the act: half an act is undone as well
	err = v.Do(ctx, a)
	if h.spared[a.ID] = errors.As(err, new(untouched)); h.spared[a.ID] {
		h.forget(a)
	}
	if err != nil {
		return err
	}
	slog.InfoContext(ctx, "done", "act", a.ID, "verb", a.Verb, "args", string(a.Args), "pod", a.On.Pod)
	return nil
}

// release undoes an act, whoever did it.
func (h *Helper) release(ctx context.Context, a chaos.Act) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.spared[a.ID] {
		return nil
	}
	if err := h.undo(ctx, a); err != nil {
		return err
	}
	h.forget(a)
	return nil
}

func (h *Helper) forget(a chaos.Act) {
	h.held = slices.DeleteFunc(h.held, func(b chaos.Act) bool { return b.ID == a.ID })
}

func (h *Helper) undo(ctx context.Context, a chaos.Act) error {
	v, err := verbNamed(h.verbs, a.Verb)
	if err != nil {
		return err
	}
	if err := v.Undo(ctx, a); err != nil {
		return fmt.Errorf("undoing %s on pod %s: %w", a.Verb, a.On.Pod, err)
	}
	return nil
}

func (h *Helper) see(ctx context.Context, a chaos.Act) (any, error) {
	v, err := verbNamed(h.verbs, a.Verb)
	if err != nil {
		return nil, err
	}
	return v.See(ctx, a)
}

func (h *Helper) index(a chaos.Act) int {
	return slices.IndexFunc(h.held, func(b chaos.Act) bool { return b.ID == a.ID })
}

func (h *Helper) holds() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.held)
}
