package control

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// system is the cluster, seen as it is, on which nothing can be done. Helpers are real, for what they see is part of the
// proof, but their acts are left out.
type system struct {
	kube.Cluster
	client kubernetes.Interface
	notes  notes
}

func inertSystem(on kube.Cluster, config *rest.Config) (*system, error) {
	config = rest.CopyConfig(config)
	config.Wrap(inert)
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connect to Kubernetes: %w", err)
	}
	return &system{Cluster: on, client: client}, nil
}

func (s *system) Client() kubernetes.Interface { return s.client }

func (s *system) Journal() chaos.Journal { return &s.notes }

func (s *system) Helpers() *hand.Helpers {
	if k, ok := s.Cluster.(hand.Keeper); ok {
		return k.Helpers()
	}
	return nil
}

func (s *system) Hand(ctx context.Context, node string) (chaos.Hand, error) {
	h, err := s.Cluster.Hand(ctx, node)
	return idle{h}, err
}

// Power is that of the cluster, seen as it is, which brings no node anywhere.
func (s *system) Power() chaos.Power {
	p, err := chaos.PowerOf(s.Cluster)
	if err != nil {
		return nil
	}
	return steady{p}
}

type steady struct{ chaos.Power }

func (steady) Bring(context.Context, string, chaos.PowerState) error { return nil }

// idle does not act.
type idle struct{ chaos.Hand }

func (idle) Act(context.Context, chaos.Act) error { return nil }

// notes is a journal that keeps nothing: nothing is done that would have to be undone.
type notes struct{ last atomic.Int64 }

func (n *notes) Intend(_ context.Context, e chaos.Entry) (chaos.Entry, error) {
	e.ID = fmt.Sprintf("control.%d", n.last.Add(1))
	return e, nil
}
func (*notes) Amend(context.Context, chaos.Entry) error  { return nil }
func (*notes) Healed(context.Context, chaos.Entry) error { return nil }
