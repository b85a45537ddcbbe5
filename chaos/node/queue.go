//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/florianl/go-nfqueue/v2"
)

// listener hands each queued packet's number to arrived, until ctx ends or failed was called. pass lets a packet go.
type listener func(ctx context.Context, namespace *os.File, number uint16, arrived func(id uint32), failed func(error)) (pass func(id uint32) error, end func(), err error)

// mostQueued bounds what waits at once, in the kernel and here.
const mostQueued = 16384

// listenToKernel leaves the packets in the kernel: only their numbers come here. FailOpen lets them pass when there are too many.
func listenToKernel(ctx context.Context, namespace *os.File, number uint16, arrived func(uint32), failed func(error)) (func(uint32) error, func(), error) {
	q, err := nfqueue.Open(&nfqueue.Config{
		NetNS: int(namespace.Fd()), NfQueue: number, MaxQueueLen: mostQueued, Copymode: nfqueue.NfQnlCopyMeta,
		Flags: nfqueue.NfQaCfgFlagFailOpen | nfqueue.NfQaCfgFlagGSO,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("opening a queue for packets (does the kernel have nfnetlink_queue?): %w", err)
	}
	heard := func(a nfqueue.Attribute) int {
		if a.PacketID != nil {
			arrived(*a.PacketID)
		}
		return 0
	}
	broke := func(err error) int {
		if ctx.Err() != nil { // the end is told as an error, too
			return 1
		}
		failed(err)
		return 0
	}
	if err := q.RegisterWithErrorFunc(ctx, heard, broke); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("listening to a queue for packets: %w", err), q.Close())
	}
	return func(id uint32) error { return q.SetVerdict(id, nfqueue.NfAccept) }, func() { _ = q.Close() }, nil
}

// queue holds packets back. One goroutine lets them go in their order, each not before its time.
type queue struct {
	args    DelayArgs
	waiting chan packet
	cancel  context.CancelFunc
	over    sync.WaitGroup

	mu    sync.Mutex
	now   Delayed
	last  time.Time              // when the packet before goes
	apart map[uint32]*time.Timer // those that are overtaken, by id
}

type packet struct {
	id            uint32
	came, release time.Time
}

func newQueue(args DelayArgs) *queue {
	return &queue{args: args, waiting: make(chan packet, mostQueued), apart: map[uint32]*time.Timer{}}
}

func (q *queue) start(ctx context.Context, listen listener, namespace *os.File, number uint16) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // the queue outlives the request; end or the helper's end stops it
	var pass func(uint32) error
	ready := make(chan struct{})
	pass, closeIt, err := listen(ctx, namespace, number, func(id uint32) { <-ready; q.arrived(pass, id) }, q.failed)
	if err != nil {
		cancel()
		return err
	}
	close(ready)
	q.over.Go(func() { q.letGo(ctx, pass) })
	q.cancel = func() { cancel(); q.over.Wait(); closeIt() }
	return nil
}

// end lets go what waits, and stops.
func (q *queue) end() { q.cancel() }

// arrived gives a packet its time. What is overtaken waits apart; all else keeps its order.
func (q *queue) arrived(pass func(uint32) error, id uint32) {
	p := packet{id: id, came: time.Now()}
	by := q.args.By
	if q.args.Jitter > 0 {
		by += rand.N(q.args.Jitter)
	}
	if q.args.Reorder > rand.Uint32N(100) {
		q.late(p, 2*by, pass)
		return
	}
	q.mu.Lock()
	p.release = p.came.Add(by)
	if p.release.Before(q.last) {
		p.release = q.last
	}
	q.last = p.release
	q.mu.Unlock()
	select {
	case q.waiting <- p:
	default:
		q.failed(errors.Join(errOverflow, pass(id)))
	}
}

func (q *queue) letGo(ctx context.Context, pass func(uint32) error) {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			q.flush(pass)
			return
		case p := <-q.waiting:
			t.Reset(time.Until(p.release))
			select {
			case <-ctx.Done():
				_ = pass(p.id)
				q.flush(pass)
				return
			case <-t.C:
				q.gone(p, pass(p.id))
			}
		}
	}
}

func (q *queue) flush(pass func(uint32) error) {
	for {
		select {
		case p := <-q.waiting:
			_ = pass(p.id)
		default:
			q.flushApart(pass)
			return
		}
	}
}

// late lets a packet wait apart.
func (q *queue) late(p packet, by time.Duration, pass func(uint32) error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.now.Late++
	q.apart[p.id] = time.AfterFunc(by, func() {
		if q.leaves(p.id) {
			q.gone(p, pass(p.id))
		}
	})
}

// leaves says that a packet still waits apart, and lets it no more.
func (q *queue) leaves(id uint32) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, waits := q.apart[id]
	delete(q.apart, id)
	return waits
}

// flushApart lets those go: the kernel would drop them with the queue.
func (q *queue) flushApart(pass func(uint32) error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, t := range q.apart {
		t.Stop()
		_ = pass(id)
	}
	clear(q.apart)
}

func (q *queue) gone(p packet, err error) {
	if err != nil {
		q.failed(err)
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	held := time.Since(p.came)
	if q.now.Held == 0 || held < q.now.Least {
		q.now.Least = held
	}
	q.now.Held++
}

func (q *queue) failed(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.now.Problem = err.Error()
}

func (q *queue) seen(d Drops) any {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now
	now.Drops = d
	return now
}
