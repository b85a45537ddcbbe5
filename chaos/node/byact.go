//go:build linux

package node

import (
	"sync"

	"github.com/rmqproof/rmqproof/chaos"
)

// byAct is what a verb keeps of each act, for as long as the helper lives. Acts come one at a time, looks beside them.
type byAct[T any] struct {
	mu   sync.Mutex
	kept map[string]T
}

func (b *byAct[T]) put(a chaos.Act, v T) { b.change(a, func(T) T { return v }) }

// change puts what f makes of what is kept; of nothing yet it is given the zero value.
func (b *byAct[T]) change(a chaos.Act, f func(T) T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept == nil {
		b.kept = map[string]T{}
	}
	b.kept[a.ID] = f(b.kept[a.ID])
}

func (b *byAct[T]) get(a chaos.Act) (v T, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, ok = b.kept[a.ID]
	return v, ok
}

// take returns it once.
func (b *byAct[T]) take(a chaos.Act) (v T, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, ok = b.kept[a.ID]
	delete(b.kept, a.ID)
	return v, ok
}
