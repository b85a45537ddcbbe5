package hand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/chaos/pods"
)

// Plan says what a fault does on the nodes of its targets: the same act on each process.
type Plan struct {
	Target chaos.Target
	Verb   string
	Args   any // marshalled for the verb
	// ArgsOf gives each target its own arguments; nil: Args. A target that is given none is spared.
	ArgsOf func(context.Context, kube.Cluster, kube.Victim) (any, error)
	// Learn gives each target its arguments once its helper can be asked how things are; nil: nothing needs to be known.
	Learn func(context.Context, Hit) (any, error)
	// NodeWide says that the act reaches the whole node, and so everything on it.
	NodeWide bool
	// First makes the fault's own promises, before anything is done. May be nil.
	First func(context.Context, *chaos.Active) error
	// Then goes on after the act, through the API server. May be nil.
	Then func(context.Context, []Hit) error
	// Seen returns nil when the effect is there on one target, and goes no further than the targets.
	Seen func(context.Context, Hit) error
}

// Hit is one target of a fault under way.
type Hit struct {
	kube.Victim
	Cluster kube.Cluster
	Act     chaos.Act
	All     []Hit // every target of the fault
}

// See asks the helper for what can be seen of the act.
func (h Hit) See(ctx context.Context, into any) error {
	helper, err := h.Cluster.Hand(ctx, h.Node)
	if err != nil {
		return err
	}
	return helper.See(ctx, h.Act, into)
}

// Inject acts on all targets at once. What undoes the acts, and that the helpers go away, is promised first.
func Inject(ctx context.Context, on chaos.System, f chaos.Fault, p Plan) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	victims, err := kube.Select(ctx, c, p.Target)
	if err != nil {
		return nil, err
	}
	if err := admitted(ctx, c); err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	hits, err := p.hits(ctx, c, victims)
	if err != nil {
		return nil, err
	}
	victims = victimsOf(hits)
	names := kube.Names(kube.Pods(victims))
	a := chaos.Begin(on, f, kube.Named(names))
	if a.Hit, err = p.reach(ctx, c, victims); err != nil {
		return nil, err
	}
	a.Held = func(ctx context.Context) error {
		for _, h := range hits {
			if err := p.Seen(ctx, h); err != nil {
				return fmt.Errorf("%s: %w", h.Process, err)
			}
		}
		return before.Bystanders(ctx, c, a.Hit)
	}
	if err := p.promise(ctx, a, hits); err != nil {
		return a.Changed(), err
	}
	return a, p.strike(ctx, a, hits)
}

// strike acts, and goes on with what the fault does beside.
func (p Plan) strike(ctx context.Context, a *chaos.Active, hits []Hit) error {
	err := act(ctx, hits)
	a.Acted()
	if err == nil && p.Then != nil {
		err = p.Then(ctx, hits)
	}
	return err
}

// promise writes down what undoes the acts, and then what the fault itself has to add.
func (p Plan) promise(ctx context.Context, a *chaos.Active, hits []Hit) error {
	if err := p.promiseActs(ctx, a, hits); err != nil || p.First == nil {
		return err
	}
	return p.First(ctx, a)
}

// admitted asks before anything is written down.
func admitted(ctx context.Context, c kube.Cluster) error {
	k, ok := c.(Keeper)
	if !ok {
		return nil
	}
	why, err := k.Helpers().Refused(ctx)
	if why != "" {
		err = errors.Join(err, notAdmitted(why))
	}
	return err
}

func (p Plan) hits(ctx context.Context, c kube.Cluster, victims []kube.Victim) ([]Hit, error) {
	var hits []Hit
	for _, v := range victims {
		if v.ContainerID == "" {
			return nil, fmt.Errorf("%s has no running container: nothing to hit", v.Process)
		}
		args, err := p.args(ctx, c, v)
		if err != nil {
			return nil, err
		}
		if string(args) == "null" {
			continue
		}
		hits = append(hits, Hit{Victim: v, Cluster: c, Act: chaos.Act{Verb: p.Verb, Args: args, On: chaos.Process{
			Namespace: c.Namespace(), Pod: v.Pod, UID: v.UID, Container: v.Container, ContainerID: v.ContainerID,
		}}})
	}
	for n := range hits {
		hits[n].All = hits
	}
	return hits, nil
}

func victimsOf(hits []Hit) (victims []kube.Victim) {
	for _, h := range hits {
		victims = append(victims, h.Victim)
	}
	return victims
}

// reach names what the fault may change: the targets' pods, or everything on their nodes.
func (p Plan) reach(ctx context.Context, c kube.Cluster, victims []kube.Victim) (chaos.Things, error) {
	if !p.NodeWide {
		return chaos.Things{observe.Pod: kube.Names(kube.Pods(victims))}, nil
	}
	hit := chaos.Things{}
	for _, v := range victims {
		on, err := kube.PodsOn(ctx, c, v.Node)
		if err != nil {
			return nil, err
		}
		hit = hit.Add(chaos.Things{observe.Pod: kube.Names(on), observe.Node: {v.Node}})
	}
	return hit, nil
}

func (p Plan) args(ctx context.Context, c kube.Cluster, v kube.Victim) (raw []byte, err error) {
	args := p.Args
	if p.ArgsOf != nil {
		if args, err = p.ArgsOf(ctx, c, v); err != nil {
			return nil, err
		}
	}
	if raw, err = json.Marshal(args); err != nil {
		return nil, fmt.Errorf("writing down what %s shall do: %w", p.Verb, err)
	}
	return raw, nil
}

// promiseActs makes a helper on each node, after it promised that the helper goes away. Acts take the ids of their promises.
func (p Plan) promiseActs(ctx context.Context, a *chaos.Active, hits []Hit) error {
	if _, err := a.Promise(ctx, pods.AwaitPods, kube.SetPods(kube.Pods(victimsOf(hits)))); err != nil {
		return err
	}
	var nodes []string
	for _, h := range hits {
		if slices.Contains(nodes, h.Node) {
			continue
		}
		nodes = append(nodes, h.Node)
		if _, err := a.Promise(ctx, Release, released{h.Node, imageOf(h.Cluster)}); err != nil {
			return err
		}
		if _, err := h.Cluster.Hand(ctx, h.Node); err != nil {
			return err
		}
	}
	for n := range hits {
		if err := p.learn(ctx, &hits[n]); err != nil {
			return err
		}
		e, err := a.Promise(ctx, UndoAct, acted{hits[n].Node, hits[n].Act})
		if err != nil {
			return err
		}
		hits[n].Act.ID = e.ID
	}
	return nil
}

func (p Plan) learn(ctx context.Context, h *Hit) error {
	if p.Learn == nil {
		return nil
	}
	args, err := p.Learn(ctx, *h)
	if err != nil {
		return fmt.Errorf("%s: %w", h.Process, err)
	}
	h.Act.Args, err = json.Marshal(args)
	return err
}

func act(ctx context.Context, hits []Hit) error {
	all, ctx := errgroup.WithContext(ctx)
	for _, h := range hits {
		all.Go(func() error {
			helper, err := h.Cluster.Hand(ctx, h.Node)
			if err == nil {
				err = helper.Act(ctx, h.Act)
			}
			if err != nil {
				return fmt.Errorf("%s on %s: %w", h.Act.Verb, h.Process, err)
			}
			return nil
		})
	}
	return all.Wait()
}
