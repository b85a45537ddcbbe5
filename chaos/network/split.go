package network

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
)

// Shape says who of a cluster's servers, in the order of their names, still reaches whom. Clients reach everybody.
type Shape string

// The shapes. Every second server is in the other half, so that a master and its slave are apart.
const (
	Halves Shape = "in halves"
	Bridge Shape = "in halves with a bridge" // the last one reaches both
	Ring   Shape = "in a ring"               // each reaches the one before it and the one behind it
)

// reaches is about the nth and the mth of so many.
func (s Shape) reaches(n, m, of int) bool {
	switch s {
	case Ring:
		apart := (n - m + of) % of
		return apart <= 1 || apart == of-1
	case Bridge:
		return n == of-1 || m == of-1 || n%2 == m%2
	}
	return n%2 == m%2
}

// Split divides the servers of the cluster: packets between two that do not reach each other any more are dropped in silence.
type Split struct{ Into Shape }

// Name says how.
func (s Split) Name() string { return "the servers are split " + string(s.Into) }

// Needs the node helper and nf_tables.
func (Split) Needs() []chaos.Need { return Cut{}.Needs() }

// fewest is of what a ring leaves somebody out.
const fewest = 4

// Inject adds the rules in the network namespace of each server that is cut off from another one.
func (s Split) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	return hand.Inject(ctx, on, s, hand.Plan{Target: chaos.Servers.All(), Verb: node.CutVerb, ArgsOf: s.args, Seen: apart})
}

// args leaves out who still reaches everybody.
func (s Split) args(ctx context.Context, on kube.Cluster, v kube.Victim) (any, error) {
	if err := inOwnNetwork(v); err != nil {
		return nil, err
	}
	all, err := kube.Candidates(ctx, on, chaos.Servers.All())
	if err != nil {
		return nil, err
	}
	pods := kube.Pods(all)
	if len(pods) < fewest {
		return nil, fmt.Errorf("%d servers cannot be split %s: there have to be %d", len(pods), s.Into, fewest)
	}
	me := slices.IndexFunc(pods, func(p corev1.Pod) bool { return p.UID == v.Object.UID })
	var off []netip.Addr
	for n := range pods {
		if me < 0 || s.Into.reaches(me, n, len(pods)) {
			continue
		}
		their, err := addressesOf(&pods[n])
		if err != nil {
			return nil, err
		}
		off = append(off, their...)
	}
	if len(off) == 0 {
		return nil, nil
	}
	return node.CutArgs{Match: node.Match{Addresses: off, In: true, Out: true}}, nil
}

// apart returns nil once the rules of a broker have dropped packets. Others only answer: at them the rules alone are looked for.
func apart(ctx context.Context, h hand.Hit) error {
	if h.Kind == topology.Broker {
		return seen(ctx, h)
	}
	var drops node.Drops
	err := h.See(ctx, &drops)
	if err == nil && drops.Rules == 0 {
		err = fmt.Errorf("no rule is in place")
	}
	return err
}
