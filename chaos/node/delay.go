//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/rmqproof/rmqproof/chaos"
)

// Delay is the verb.
type Delay struct {
	queues
	listen listener
}

func newDelay(p Proc) *Delay { return &Delay{queuesOf(p), listenToKernel} }

// Name is the verb's.
func (*Delay) Name() string { return DelayVerb }

// Do begins to hold packets back.
func (d *Delay) Do(ctx context.Context, a chaos.Act) error {
	var args DelayArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading what to delay: %w", err)
	}
	if args.By <= 0 || args.Jitter < 0 || args.Reorder > 100 {
		return fmt.Errorf("packets cannot be delayed by %s to %s, nor %d %% of them reordered", args.By, args.By+args.Jitter, args.Reorder)
	}
	return d.begin(a, args.Match, nil, func(namespace *os.File) (listening, error) {
		q := newQueue(args)
		return q, q.start(ctx, d.listen, namespace, queueOf(a))
	})
}

var errOverflow = errors.New("more packets wait than the queue can hold")
