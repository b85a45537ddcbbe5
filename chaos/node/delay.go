//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"

	"github.com/rmqproof/rmqproof/chaos"
)

// Delay is the verb. The kernel hands the packets to a queue of ours; where nobody listens to it any more it lets them pass,
// so that a helper that was killed delays nothing.
type Delay struct {
	cut    Cut // finds the pod's network namespace
	listen listener

	mu     sync.Mutex
	queues map[string]*queue // by act
}

func newDelay(p Proc) *Delay {
	return &Delay{cut: Cut{p, netfilter{}}, listen: listenToKernel, queues: map[string]*queue{}}
}

// Name is the verb's.
func (*Delay) Name() string { return DelayVerb }

// Do listens first, and then has packets queued.
func (d *Delay) Do(ctx context.Context, a chaos.Act) error {
	var args DelayArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading what to delay: %w", err)
	}
	if args.By <= 0 || args.Jitter < 0 || args.Reorder > 100 {
		return fmt.Errorf("packets cannot be delayed by %s to %s, nor %d %% of them reordered", args.By, args.By+args.Jitter, args.Reorder)
	}
	if err := args.check(); err != nil {
		return err
	}
	return d.cut.in(a, func(namespace *os.File) error {
		q := newQueue(args)
		if err := q.start(ctx, d.listen, namespace, queueOf(a)); err != nil {
			return err
		}
		d.mu.Lock()
		d.queues[a.ID] = q
		d.mu.Unlock()
		return d.cut.Rules.Add(namespace, tableOf(a), args.Match, &expr.Counter{}, queueTo(queueOf(a)))
	})
}

// queueTo is iptables' target NFQUEUE, which kernels without nf_tables' own expression have as well. With its flag of
// bypass, packets pass where nobody listens.
func queueTo(number uint16) expr.Any {
	info := xt.Unknown{}
	for _, field := range []uint16{number, 1, 1, 0} { // number, how many queues, bypass, padding
		info = append(info, binaryutil.NativeEndian.PutUint16(field)...)
	}
	return &expr.Target{Name: "NFQUEUE", Rev: 3, Info: &info}
}

// queueOf is the act's number within its namespace.
func queueOf(a chaos.Act) uint16 { return uint16(numberOf(a)) }

// Undo removes the rules first, so that no packet is queued any more, and then lets go what is held.
func (d *Delay) Undo(ctx context.Context, a chaos.Act) error {
	err := d.cut.Undo(ctx, a)
	d.mu.Lock()
	q, ok := d.queues[a.ID]
	delete(d.queues, a.ID)
	d.mu.Unlock()
	if ok {
		q.end()
	}
	return err
}

// See counts. Another helper than the one that delays holds nothing.
func (d *Delay) See(ctx context.Context, a chaos.Act) (any, error) {
	rules, err := d.cut.See(ctx, a)
	drops, _ := rules.(Drops)
	d.mu.Lock()
	q, ok := d.queues[a.ID]
	d.mu.Unlock()
	if !ok {
		return Delayed{Drops: drops, Problem: "this helper does not listen"}, err
	}
	seen := q.seen()
	seen.Drops = drops
	return seen, err
}

var errOverflow = errors.New("more packets wait than the queue can hold")
