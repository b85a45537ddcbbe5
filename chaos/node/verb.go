//go:build linux

package node

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
)

// Verb is one thing that the helper can do. Each of its methods finds its object anew and looks at what is, so that
// another helper can undo what this one did.
type Verb interface {
	Name() string
	Do(ctx context.Context, a chaos.Act) error
	Undo(ctx context.Context, a chaos.Act) error
	// See returns what can be seen of the act's effect, for JSON.
	See(ctx context.Context, a chaos.Act) (any, error)
}

// Verbs are all that the helper can do. proc is where the node's /proc is mounted.
func Verbs(proc string) []Verb {
	return []Verb{
		Signal{Proc(proc), sendByPidfd},
		newCrash(Proc(proc)),
		Lose{Proc(proc), sendByPidfd},
		newEmpty(Proc(proc)),
		newPower(Proc(proc)),
		Fill{Proc(proc)},
		TakeInodes{Proc(proc)},
		Hang{Proc(proc), askFileSystem},
		Slow{Proc(proc)},
		ReadOnly{Proc(proc), failExt4},
		newRot(Proc(proc)),
		Cut{Proc(proc), netfilter{}},
		newDelay(Proc(proc)),
		newDuplicate(Proc(proc)),
		newStale(Proc(proc)),
		newReset(Proc(proc)),
		Rate{Proc(proc)},
		Limit{Proc(proc)},
		Files{Proc(proc), limitAsOwner},
		Memory{Proc(proc), fillByChild},
		newClock(Proc(proc)),
		newBurn(Proc(proc)),
		newCache(Proc(proc)),
		Service{systemctl(Proc(proc))},
	}
}

// untouched is why a verb refused before it had done anything. Nothing of such an act is undone: what it met is somebody else's.
type untouched struct{ error }

func (u untouched) Unwrap() error { return u.error }

func verbNamed(verbs []Verb, name string) (Verb, error) {
	for _, v := range verbs {
		if v.Name() == name {
			return v, nil
		}
	}
	return nil, fmt.Errorf("the helper has no verb %q: its image is of another version than the program that asks", name)
}
