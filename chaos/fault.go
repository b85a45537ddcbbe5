package chaos

import (
	"context"
	"time"

	"github.com/rmqproof/rmqproof/topology"
)

// Fault is one kind of disturbance, a value.
type Fault interface {
	Name() string
	// Needs is what the cluster must offer. It is asked before anything starts.
	Needs() []Need
	// Inject disturbs the cluster. The Injection is not nil whenever anything was changed, also beside an error.
	Inject(ctx context.Context, on System) (Injection, error)
}

// Injection is a fault that was injected.
type Injection interface {
	// Targets names what was hit, as a user would: "pod broker-a-master-0".
	Targets() []string
	Times() Times
	// Confirm returns nil once the fault is seen to hold on its target and nowhere else.
	Confirm(ctx context.Context) error
	// Heal undoes it. It is idempotent, and goes on when the experiment's context is cancelled.
	Heal(ctx context.Context) error
}

// Times are the moments of an injection by the clock of this process. Zero: not reached yet.
type Times struct {
	Decided   time.Time // the target was chosen
	Injected  time.Time // the act was done; of one that acts for a while, it was begun
	Confirmed time.Time
	Healing   time.Time // healing began
	Healed    time.Time // the undone state was read back
}

// System is the cluster under test, as far as a fault needs it.
type System interface {
	topology.Source
	Namespace() string
	// Journal is where promises to undo are written down before each act.
	Journal() Journal
	// Hand reaches our helper on a node. The error wraps errors.ErrUnsupported where it may not be had.
	Hand(ctx context.Context, node string) (Hand, error)
}

// Things names objects by kind: {"pod": {"broker-a-0"}}.
type Things map[string][]string

// Hitter is an Injection that names what it may change. Injections that hold at the same time are no bystanders of each
// other: see Beside.
type Hitter interface{ Hits() Things }

// Keeper is an Injection that leaves things changed on purpose, as an upgrade does. They are no leak.
type Keeper interface{ Kept() Things }
