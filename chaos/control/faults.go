package control

import (
	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/process"
)

// Faults is one of every kind of fault, for the controls: each must be unconfirmed where nothing was done. upgradeTo is
// an image that the cluster does not run.
func Faults(upgradeTo string) []chaos.Fault {
	master := chaos.Masters.One()
	return []chaos.Fault{
		pods.Kill{Target: master},
		pods.Delete{Target: chaos.NameServers.One()},
		pods.Evict{Target: master},
		pods.Again{Target: master},
		pods.Roll{Target: chaos.NameServers.All()},
		process.Kill{Target: master},
		process.Terminate{Target: master},
		process.Stop{Target: master},
		process.Crash{Target: master, Times: 2},
		network.Cut{Target: master, Off: network.Peers},
		network.Lose{Target: master, Off: network.Peers, Percent: 30},
		nodes.Drain{Target: master},
		nodes.Taint{Target: master},
		nodes.StopKubelet{Target: master},
		disk.Reattach{Target: master},
		disk.Move{Target: master},
		disk.LoseIndex{Target: master},
		change.ScaleToZero{Target: master},
		change.Upgrade{To: upgradeTo},
	}
}
