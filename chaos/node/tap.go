//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/florianl/go-nfqueue/v2"
	"github.com/google/nftables/expr"

	"github.com/rmqproof/rmqproof/chaos"
)

// meddler sees each packet, from its network header on, and may return another one to go in its place.
type meddler interface {
	packet(b []byte) (instead []byte)
	seen() Meddled
	close()
}

// tap hands copies of packets to us. As with Delay, packets pass where nobody listens any more.
type tap struct {
	cut Cut // finds the pod's network namespace

	mu   sync.Mutex
	open map[string]*tapped // by act
}

type tapped struct {
	meddler
	end func()
}

func newTap(p Proc) tap { return tap{cut: Cut{p, netfilter{}}, open: map[string]*tapped{}} }

// start listens first, and then has the packets of the match queued for which the further conditions hold.
func (t *tap) start(ctx context.Context, a chaos.Act, m Match, only []expr.Any, begin func(*os.File) (meddler, error)) error {
	if err := m.check(); err != nil {
		return err
	}
	return t.cut.in(a, func(namespace *os.File) error {
		meddles, err := begin(namespace)
		if err != nil {
			return err
		}
		end, err := copyToUs(ctx, namespace, queueOf(a), meddles.packet)
		if err != nil {
			meddles.close()
			return err
		}
		t.mu.Lock()
		t.open[a.ID] = &tapped{meddles, end}
		t.mu.Unlock()
		return t.cut.Rules.Add(namespace, tableOf(a), m, append(only, &expr.Counter{}, queueTo(queueOf(a)))...)
	})
}

// copyToUs hands each queued packet over, and lets it go, or what stands in its place. Whole packets are asked for: what the
// kernel has put together would arrive as one.
func copyToUs(ctx context.Context, namespace *os.File, number uint16, packet func([]byte) []byte) (end func(), err error) {
	q, err := nfqueue.Open(&nfqueue.Config{
		NetNS: int(namespace.Fd()), NfQueue: number, MaxQueueLen: mostQueued, MaxPacketLen: 0xffff, Copymode: nfqueue.NfQnlCopyPacket,
		Flags: nfqueue.NfQaCfgFlagFailOpen,
	})
	if err != nil {
		return nil, fmt.Errorf("opening a queue for packets (does the kernel have nfnetlink_queue?): %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // it outlives the request
	arrived := func(a nfqueue.Attribute) int {
		if a.PacketID == nil {
			return 0
		}
		if a.Payload != nil {
			if instead := packet(*a.Payload); instead != nil {
				_ = q.SetVerdictWithOption(*a.PacketID, nfqueue.NfAccept, nfqueue.WithAlteredPacket(instead))
				return 0
			}
		}
		_ = q.SetVerdict(*a.PacketID, nfqueue.NfAccept)
		return 0
	}
	broke := func(error) int {
		if ctx.Err() != nil { // the end is told as an error, too
			return 1
		}
		return 0
	}
	if err := q.RegisterWithErrorFunc(ctx, arrived, broke); err != nil {
		cancel()
		return nil, errors.Join(fmt.Errorf("listening to a queue for packets: %w", err), q.Close())
	}
	return func() { cancel(); _ = q.Close() }, nil
}

// Undo removes the rules first, so that no packet is queued any more.
func (t *tap) Undo(ctx context.Context, a chaos.Act) error {
	err := t.cut.Undo(ctx, a)
	t.mu.Lock()
	q, ok := t.open[a.ID]
	delete(t.open, a.ID)
	t.mu.Unlock()
	if ok {
		q.end()
		q.close()
	}
	return err
}

// See counts. Another helper than the one that listens does nothing.
func (t *tap) See(ctx context.Context, a chaos.Act) (any, error) {
	rules, err := t.cut.See(ctx, a)
	drops, _ := rules.(Drops)
	t.mu.Lock()
	q, ok := t.open[a.ID]
	t.mu.Unlock()
	if !ok {
		return Meddled{Drops: drops, Problem: "this helper does not listen"}, err
	}
	seen := q.seen()
	seen.Drops = drops
	return seen, err
}
