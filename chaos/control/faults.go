package control

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/clock"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/process"
	"github.com/rmqproof/rmqproof/chaos/resource"
)

// Faults is one of every kind of fault, for the controls: each must be unconfirmed where nothing was done. upgradeTo is
// an image that the cluster does not run.
func Faults(upgradeTo string) []chaos.Fault {
	master := chaos.Masters.One()
	return slices.Concat(servers(master), networks(master), nodesAndDisks(master), changes(master, upgradeTo))
}

func servers(master chaos.Target) []chaos.Fault {
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
	}
}

func networks(master chaos.Target) []chaos.Fault {
	return []chaos.Fault{
		network.Cut{Target: master, Off: network.Peers},
		network.Lose{Target: master, Off: network.Peers, Percent: 30},
		network.Delay{Target: master, Off: network.Peers, By: 50 * time.Millisecond, Jitter: 50 * time.Millisecond},
		network.Delay{Target: master, Off: network.Peers, By: 5 * time.Millisecond, Reorder: 30},
		network.Throttle{Target: master, PerSecond: 1 << 10}, // less than a broker without a load sends
		network.Reset{Target: master, Off: network.Brokers},
		network.Refuse{Target: master, Off: network.Peers},
		network.BlackHole{Target: master, Off: network.Peers, Above: 500},
		network.Duplicate{Target: master, Off: network.Peers, Percent: 30},
		network.Stale{Target: master},
		network.Split{Into: network.Halves},
		network.Split{Into: network.Ring},
	}
}

func nodesAndDisks(master chaos.Target) []chaos.Fault {
	return []chaos.Fault{
		clock.Step{Target: master, By: time.Hour},
		clock.Strobe{Target: master, By: -time.Hour, Every: 5 * time.Second},
		resource.Starve{Target: master, Millis: 50},
		resource.Burn{Target: master, Processes: 2},
		resource.DropCache{Target: master},
		resource.NoThreads{Target: master},
		resource.NoFiles{Target: master},
		resource.OutOfMemory{Target: master},
		nodes.Drain{Target: master},
		nodes.Taint{Target: master},
		nodes.StopKubelet{Target: master},
		nodes.StopRuntime{Target: master},
		nodes.Halt{Target: master},
		nodes.OutOfService{Target: master},
		nodes.Freeze{Target: master},
		nodes.Reboot{Target: master},
		disk.Reattach{Target: master},
		disk.Move{Target: master},
		disk.LoseIndex{Target: master},
		disk.Empty{Target: master, File: disk.Topics},
		disk.Slow{Target: master, Writes: 5},
	}
}

func changes(master chaos.Target, upgradeTo string) []chaos.Fault {
	return []chaos.Fault{
		change.ScaleToZero{Target: master},
		change.BrokenImage{Target: chaos.NameServers.One()},
		change.ImpossibleRequest{Target: chaos.NameServers.One()},
		change.WrongOption{Target: chaos.NameServers.One()},
		change.Canary{Target: chaos.NameServers.One(), Image: upgradeTo},
		change.TurnBack{Upgrade: change.Upgrade{To: upgradeTo, MaxBehind: 32 << 10}},
		change.Upgrade{To: upgradeTo},
	}
}
