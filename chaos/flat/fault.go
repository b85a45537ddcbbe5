package flat

import (
	"context"

	"k8s.io/client-go/kubernetes"
)

// Fault is one kind of disturbance, a value.
type Fault interface {
	Name() string
	// Inject disturbs the cluster. The Injection is not nil whenever anything was changed, also beside an error.
	Inject(ctx context.Context, c Cluster) (Injection, error)
}

// Injection is a fault that was injected.
type Injection interface {
	// Target names what was hit, as a user would: "pod broker-a-master-0".
	Target() string
	// Confirm returns nil once the fault is seen to hold on its target and nowhere else.
	Confirm(ctx context.Context) error
	// Heal undoes it. It is idempotent and called with a context that outlives the experiment's.
	Heal(ctx context.Context) error
}

// Cluster is what a fault needs of the cluster under test.
type Cluster interface {
	Client() kubernetes.Interface
	Namespace() string
	// Brokers lists the brokers as the NameServers and the brokers themselves report them now.
	Brokers(ctx context.Context) ([]Broker, error)
	// Healthy returns nil when every pod is ready, every broker is registered, acknowledges, and its slaves have caught up.
	Healthy(ctx context.Context) error
}

// Broker is one broker process.
type Broker struct {
	Group   string // brokerName
	ID      int64  // 0 is the master
	Address string // host:port as registered
	Pod     string // name of the pod that has this address
	Version string // as the broker itself reports it, e.g. "V5_1_0"
	// Behind is how many bytes of the master's commit log this slave lacks; 0 for a master; -1 where unknown.
	Behind int64
}
