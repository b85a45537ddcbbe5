package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/scenario"
)

// replication is the port at which a master serves its slave.
const replication = 10912

// slowNetworks are networks that work, and badly.
func slowNetworks() []scenario.Scenario {
	master := chaos.Masters.One()
	return []scenario.Scenario{
		full("delay-replication", "Packets between a master and its slave take 50 to 100 ms more each way", "network",
			network.Delay{Target: master, Off: network.Peers, By: 50 * time.Millisecond, Jitter: 50 * time.Millisecond}),
		full("reorder-replication", "A third of the packets between a master and its slave are overtaken by others", "network",
			network.Delay{Target: master, Off: network.Peers, By: 5 * time.Millisecond, Reorder: 33}),
		full("duplicate-replication", "A third of the packets from a master to its slave arrive twice", "network",
			network.Duplicate{Target: master, Off: network.Peers, Percent: 33}),
		full("throttle-master", "A master's line carries 64 KiB/s of what it sends", "network", network.Throttle{Target: master, PerSecond: 64 << 10}),
		full("cut-replication-port", "No packet of the replication passes between a master and its slave; all else does", "network",
			network.Cut{Target: master, Off: network.Peers, Port: replication}),
		full("reset-clients", "The connections between a master and the clients are reset", "network", network.Reset{Target: master, Off: network.Clients}),
		full("refuse-replication", "A master and its slave refuse each other's connections", "network", network.Refuse{Target: master, Off: network.Peers}),
		full("black-hole-replication", "No packet above 500 bytes passes between a master and its slave, and nobody is told", "network",
			network.BlackHole{Target: master, Off: network.Peers, Above: 500}),
	}
}
