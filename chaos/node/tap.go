//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/florianl/go-nfqueue/v2"
	"github.com/google/nftables/expr"

	"github.com/rmqproof/rmqproof/chaos"
)

// meddler sees each packet, from its network header on, and may return another one to go in its place.
type meddler interface {
	packet(b []byte) (instead []byte)
	done() Meddled
	close()
}

// tap hands copies of packets to a meddler.
type tap struct{ queues }

func newTap(p Proc) tap { return tap{queuesOf(p)} }

func (t *tap) start(ctx context.Context, a chaos.Act, m Match, only []expr.Any, with func(*os.File) (meddler, error)) error {
	return t.begin(a, m, only, func(namespace *os.File) (listening, error) {
		meddles, err := with(namespace)
		if err != nil {
			return nil, err
		}
		end, err := copyToUs(ctx, namespace, queueOf(a), meddles.packet)
		if err != nil {
			meddles.close()
			return nil, err
		}
		return tapped{meddles, end}, nil
	})
}

type tapped struct {
	meddler
	stop func()
}

func (t tapped) end() { t.stop(); t.close() }

func (t tapped) seen(d Drops) any {
	now := t.done()
	now.Drops = d
	return now
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
