package chaos

import (
	"context"
	"encoding/json"
)

// Process names the main process of a container on a node.
type Process struct {
	Namespace   string `json:"namespace"`
	Pod         string `json:"pod"`
	UID         string `json:"uid"`          // of the pod
	Container   string `json:"container"`    // its name
	ContainerID string `json:"container_id"` // as the container runtime gave it
}

// Act is one thing that the helper does on its node.
type Act struct {
	ID   string          `json:"id"`   // unique; an act that was done already is not done again
	Verb string          `json:"verb"` // "signal", "cut", ...
	On   Process         `json:"on"`
	Args json.RawMessage `json:"args,omitempty"` // their form depends on Verb
}

// Hand is our helper on one node. When it hears nothing of its runner for a while, it undoes its acts by itself.
type Hand interface {
	// Act does it. It refuses where the container is another one by now.
	Act(ctx context.Context, a Act) error
	// Undo returns the node to the state without the act, also where another helper did it.
	Undo(ctx context.Context, a Act) error
	// See looks at what the act is about: the state of its process, the counters of its rules. It changes nothing.
	See(ctx context.Context, a Act, into any) error
	// Close undoes what is left and removes the helper's pod.
	Close(ctx context.Context) error
}
