package recovery

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/topology"
	"k8s.io/client-go/kubernetes"
)

// System is what recovery knows of a cluster: the API server and a ledger. RocketMQ and the agent may be down.
type System struct {
	client    kubernetes.Interface
	namespace string
	journal   *ledger.Journal
	helpers   *hand.Helpers
	power     chaos.Power
}

// NewSystem returns the namespace of a cluster with what a ledger tells of it.
func NewSystem(client kubernetes.Interface, namespace string, l *ledger.Ledger) *System {
	return NewSystemWith(client, namespace, l, hand.New(client, ""))
}

// NewSystemWith reaches helpers in another way than through the API server.
func NewSystemWith(client kubernetes.Interface, namespace string, l *ledger.Ledger, h *hand.Helpers) *System {
	return &System{client: client, namespace: namespace, journal: l.For(client, namespace), helpers: h}
}

// WithPower lets nodes be started again that a fault has stopped.
func (s *System) WithPower(p chaos.Power) *System { s.power = p; return s }

// Power is that over the nodes, nil where there is none.
func (s *System) Power() chaos.Power { return s.power }

// Client reaches the API server.
func (s *System) Client() kubernetes.Interface { return s.client }

// Namespace is where the faults were injected.
func (s *System) Namespace() string { return s.namespace }

// Journal is the ledger's part of the namespace.
func (s *System) Journal() chaos.Journal { return s.journal }

// Hand reaches a node's helper: that of the run that died, or a new one.
func (s *System) Hand(ctx context.Context, node string) (chaos.Hand, error) {
	return s.helpers.On(ctx, node)
}

// Helpers are those of all nodes.
func (s *System) Helpers() *hand.Helpers { return s.helpers }

// Snapshot is not to be had: no undo may depend on what RocketMQ says.
func (s *System) Snapshot(context.Context) (topology.Snapshot, error) {
	return topology.Snapshot{}, fmt.Errorf("recovery does not ask RocketMQ: %w", errors.ErrUnsupported)
}
