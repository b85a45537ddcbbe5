package chaos

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// PowerState is how a node runs.
type PowerState string

// The states, as container engines call them.
const (
	Running PowerState = "running"
	Frozen  PowerState = "paused"
	Off     PowerState = "exited"
)

// Machine is what runs a node, at a moment.
type Machine struct {
	State PowerState
	Since time.Time // when it was started last
}

// Power stops, freezes and starts nodes, from outside of them: the container engine of a cluster whose nodes are containers.
type Power interface {
	// Look says how a node runs. The error wraps ErrNoNode where there is none of that name any more.
	Look(ctx context.Context, node string) (Machine, error)
	// Bring makes it run so: off at once, as by a power cut; running with all that its network needs.
	Bring(ctx context.Context, node string, to PowerState) error
}

// ErrNoNode says that a node is not there.
var ErrNoNode = errors.New("there is no such node")

// Powered is a System whose nodes can be reached so.
type Powered interface{ Power() Power }

// PowerOf returns the power over the system's nodes. The error wraps errors.ErrUnsupported where there is none.
func PowerOf(on System) (Power, error) {
	if p, ok := on.(Powered); ok && p.Power() != nil {
		return p.Power(), nil
	}
	return nil, fmt.Errorf("nobody here can stop, freeze or start a node of this cluster: leave out the scenarios that need %s: %w", NodePower, errors.ErrUnsupported)
}
