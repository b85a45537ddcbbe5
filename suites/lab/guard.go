package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/internal/pods"
	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ErrAborted marks a run that was ended, and healed, since it cost somebody else's cluster more than was agreed.
var ErrAborted = errors.New("aborted")

const (
	// guardEvery is how often a cluster that is not ours is looked at beside a scenario.
	guardEvery = 3 * time.Second
	// lookWithin bounds one look: an API server that takes a question and never answers is a cluster that cannot be looked at.
	lookWithin = 45 * time.Second
	// othersWithin is for how long a pod of others may be unready: longer than a probe that failed once.
	othersWithin = 30 * time.Second
)

// sight is one look at a cluster that is not ours.
type sight struct {
	groups map[string]bool // whether a broker of the group accepts messages
	others map[string]bool // pods beside the RocketMQ cluster, by what names them to a person: whether they are ready
}

// guard holds what is seen against what was agreed.
type guard struct {
	longest time.Duration        // for how long a broker group may be out, or the cluster not be seen
	since   map[string]time.Time // what is wrong, and since when
	sound   sight                // as it was when the scenario began: only what was sound then can be harmed
}

// watch looks until the context ends, which is no error, or more was harmed than was agreed.
func (g *guard) watch(ctx context.Context, look func(context.Context) (sight, error)) error {
	tick := time.NewTicker(guardEvery)
	defer tick.Stop()
	for {
		now, err := within(ctx, look)
		if ctx.Err() != nil {
			return nil
		}
		if err := g.judge(time.Now(), now, err); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func within(ctx context.Context, look func(context.Context) (sight, error)) (sight, error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	return look(ctx)
}

// judge notes what is wrong and since when, and is an error once that is too long.
func (g *guard) judge(at time.Time, now sight, unseen error) error {
	if g.since == nil {
		g.since = map[string]time.Time{}
	}
	if unseen != nil {
		return g.wrong("look", at, g.longest, fmt.Sprintf("the cluster cannot be looked at (%v)", unseen))
	}
	delete(g.since, "look")
	if g.sound.groups == nil {
		g.sound = now
	}
	for group, was := range g.sound.groups {
		if !was || now.groups[group] {
			delete(g.since, "group "+group)
		} else if err := g.wrong("group "+group, at, g.longest, "broker group "+group+" accepts no message"); err != nil {
			return err
		}
	}
	for pod, ready := range now.others {
		if ready || !g.sound.others[pod] {
			delete(g.since, "pod "+pod)
		} else if err := g.wrong("pod "+pod, at, othersWithin, "pod "+pod+", which is none of the RocketMQ cluster's, is not ready"); err != nil {
			return err
		}
	}
	return nil
}

func (g *guard) wrong(what string, at time.Time, within time.Duration, said string) error {
	began, known := g.since[what]
	if !known {
		g.since[what] = at
		return nil
	}
	if lasted := at.Sub(began); lasted > within {
		return fmt.Errorf("%w: %s for %s, and %s are agreed: what was disturbed is healed, and nothing more is", ErrAborted, said, lasted.Round(time.Second), within)
	}
	return nil
}

// guarded is a context that ends when a cluster that is not ours is harmed more than was agreed. End tells whether it was.
func (l *Lab) guarded(ctx context.Context, c *rocketmq.Cluster) (guarded context.Context, end func() error) {
	if l.Standing == nil {
		return ctx, func() error { return nil }
	}
	ctx, cancel := context.WithCancelCause(ctx)
	g, ended := &guard{longest: l.Standing.AbortAfter}, make(chan error, 1)
	go func() {
		err := g.watch(ctx, func(ctx context.Context) (sight, error) { return look(ctx, c) })
		if err != nil {
			cancel(err)
		}
		ended <- err
	}()
	return ctx, func() error {
		cancel(nil)
		return <-ended
	}
}

func look(ctx context.Context, c *rocketmq.Cluster) (s sight, err error) {
	now, err := c.Snapshot(ctx)
	if err != nil {
		return s, err
	}
	s = sight{groups: map[string]bool{}}
	for _, b := range now.Of(topology.Broker) {
		if b.Group != "" {
			s.groups[b.Group] = s.groups[b.Group] || b.Writable
		}
	}
	all, err := c.Client().CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{})
	if err != nil {
		return s, fmt.Errorf("list the pods of all namespaces: %w", err)
	}
	s.others = othersOf(all.Items, c.Namespace(), rocketmq.AgentNamespace, hand.Namespace)
	return s, nil
}

// othersOf are the pods beside these namespaces, and whether they are ready. One that was evicted, or is made anew and finds no
// place, is not; one that ended as it was meant to is nobody's harm.
func othersOf(all []corev1.Pod, except ...string) map[string]bool {
	ready := map[string]bool{}
	for i := range all {
		p := &all[i]
		if p.Status.Phase != corev1.PodSucceeded && !slices.Contains(except, p.Namespace) {
			ready[p.Namespace+"/"+p.Name] = p.Status.Phase == corev1.PodRunning && pods.Ready(p)
		}
	}
	return ready
}
