package nodes

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/chaos/pods"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// outage is a fault that takes the node of its target's first process away from outside.
type outage struct {
	chaos.Fault
	target chaos.Target
	act    func(ctx context.Context, s struck) error
	seen   func(ctx context.Context, s struck) error
	mark   *string // of the taint that act puts on the node; nil: it puts none
}

// struck is a node that was hit.
type struck struct {
	cluster kube.Cluster
	power   chaos.Power
	node    string
	before  chaos.Machine
	pods    []corev1.Pod // that were on it
}

// inject refuses nodes that no fault may take away. That the node runs, is ready and has its pods again is promised first.
func (o outage) inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	s, target, err := o.pick(ctx, on)
	if err != nil {
		return nil, err
	}
	c := s.cluster
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, o.Fault, target)
	a.Hit = chaos.Things{observe.Node: {s.node}, observe.Pod: kube.Names(s.pods)}
	a.Held = func(ctx context.Context) error {
		if err := o.seen(ctx, s); err != nil {
			return err
		}
		return before.Bystanders(ctx, c, a.Hit)
	}
	if _, err := a.Promise(ctx, pods.AwaitPods, kube.SetPods(s.pods)); err != nil {
		return a.Changed(), err
	}
	if err := o.promise(ctx, a, s.node); err != nil {
		return a.Changed(), err
	}
	s.power = told{s.power, a.Acted}
	return a, o.act(ctx, s)
}

// told notes when the power was first changed: what an outage does after that may take a minute.
type told struct {
	chaos.Power
	acted func()
}

func (t told) Bring(ctx context.Context, node string, to chaos.PowerState) error {
	err := t.Power.Bring(ctx, node, to)
	t.acted()
	return err
}

// promise: power comes back first, then the taint goes.
func (o outage) promise(ctx context.Context, a *chaos.Active, node string) error {
	if o.mark != nil {
		e, err := a.Promise(ctx, BackInService, Prior{node})
		if err != nil {
			return err
		}
		*o.mark = e.Mark()
	}
	_, err := a.Promise(ctx, PowerOn, Prior{node})
	return err
}

// pick finds the node, and says which one it is.
func (o outage) pick(ctx context.Context, on chaos.System) (s struck, target string, err error) {
	if s.cluster, err = kube.Of(on); err != nil {
		return s, "", err
	}
	if s.power, err = chaos.PowerOf(on); err != nil {
		return s, "", err
	}
	victims, err := kube.Select(ctx, s.cluster, o.target)
	if err != nil {
		return s, "", err
	}
	node, displaced, err := toTaint(ctx, s.cluster, &victims[0].Object)
	if err != nil {
		return s, "", err
	}
	s.node, s.pods = node.Name, displaced
	s.before, err = s.power.Look(ctx, s.node)
	return s, fmt.Sprintf("node %s, which holds pod %s", s.node, victims[0].Pod), err
}

// lost returns nil once the node is in that state, and the API server has noticed.
func lost(to chaos.PowerState) func(context.Context, struck) error {
	return func(ctx context.Context, s struck) error {
		now, err := s.power.Look(ctx, s.node)
		if err != nil {
			return err
		}
		if now.State != to {
			return fmt.Errorf("node %s is %s, not %s", s.node, now.State, to)
		}
		return awaitReady(ctx, s.cluster, s.node, false)
	}
}

// PowerOn starts or thaws a node.
var PowerOn = chaos.Undo{Name: "power-on", Do: powerOn}

func powerOn(ctx context.Context, on chaos.System, e chaos.Entry) error {
	power, err := chaos.PowerOf(on)
	if err != nil {
		return err
	}
	return kube.Undoing(e.Undo, func(ctx context.Context, c kube.Cluster, _ string, was Prior) error {
		if _, err := power.Look(ctx, was.Node); errors.Is(err, chaos.ErrNoNode) {
			return nil
		} else if err != nil {
			return err
		}
		if err := power.Bring(ctx, was.Node, chaos.Running); err != nil {
			return err
		}
		now, err := power.Look(ctx, was.Node)
		if err == nil && now.State != chaos.Running {
			err = fmt.Errorf("node %s was started and is %s", was.Node, now.State)
		}
		if err != nil {
			return err
		}
		return awaitReady(ctx, c, was.Node, true)
	}).Do(ctx, on, e)
}

// awaitReady waits until the API server calls a node ready, or no more.
func awaitReady(ctx context.Context, c kube.Cluster, name string, want bool) error {
	what := "node " + name + " to be ready"
	if !want {
		what = "node " + name + " to be not ready"
	}
	return kube.Wait(ctx, noticedWithin, what, func(ctx context.Context) error {
		n, err := c.Client().CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		now := corev1.ConditionUnknown
		for _, cond := range n.Status.Conditions {
			if cond.Type == corev1.NodeReady {
				now = cond.Status
			}
		}
		if (now == corev1.ConditionTrue) != want {
			return fmt.Errorf("its condition Ready is %s", now)
		}
		return nil
	})
}
