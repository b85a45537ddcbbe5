package recovery

import (
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/own"
	"github.com/rmqproof/rmqproof/chaos/pods"
)

// undos are all that an entry may name.
var undos = []chaos.Undo{
	pods.AwaitPods,
	nodes.Uncordon,
	nodes.Untaint,
	nodes.BackInService,
	nodes.PowerOn,
	disk.RecreateSet,
	disk.RestorePower,
	disk.RemoveRival,
	disk.KeepVolume,
	disk.RebindClaims,
	change.RestoreImages,
	change.RestoreReplicas,
	change.RestoreTemplate,
	own.Heal,
	hand.UndoAct,
	hand.Release,
}

func undoNamed(name string) (chaos.Undo, error) {
	for _, u := range undos {
		if u.Name == name {
			return u, nil
		}
	}
	return chaos.Undo{}, fmt.Errorf("this program does not know the undo %q; it was written by another version", name)
}
