//go:build linux

package node

import (
	"context"
	"os"

	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"

	"github.com/rmqproof/rmqproof/chaos"
)

// queues have the kernel hand packets to us. Where nobody listens any more it lets them pass, so that a helper that was
// killed holds nothing up.
type queues struct {
	cut  Cut // finds the pod's network namespace
	open byAct[listening]
}

// listening is whoever sees the packets of one act.
type listening interface {
	seen(Drops) any
	end()
}

func queuesOf(p Proc) queues { return queues{cut: Cut{p, netfilter{}}} }

// begin listens first, and then has the packets of the match queued for which the further conditions hold.
func (q *queues) begin(a chaos.Act, m Match, only []expr.Any, listen func(*os.File) (listening, error)) error {
	if err := m.check(); err != nil {
		return err
	}
	return q.cut.in(a, func(namespace *os.File) error {
		l, err := listen(namespace)
		if err != nil {
			return err
		}
		q.open.put(a, l)
		return q.cut.Rules.Add(namespace, tableOf(a), m, append(only, &expr.Counter{}, queueTo(queueOf(a)))...)
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
func (q *queues) Undo(ctx context.Context, a chaos.Act) error {
	err := q.cut.Undo(ctx, a)
	if l, ok := q.open.take(a); ok {
		l.end()
	}
	return err
}

// See counts. Another helper than the one that listens does nothing.
func (q *queues) See(ctx context.Context, a chaos.Act) (any, error) {
	rules, err := q.cut.See(ctx, a)
	drops, _ := rules.(Drops)
	if l, ok := q.open.get(a); ok {
		return l.seen(drops), err
	}
	return Meddled{Drops: drops, Problem: "this helper does not listen"}, err // Delayed has both under the same names
}
