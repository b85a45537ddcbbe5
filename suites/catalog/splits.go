package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/compound"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/scenario"
)

// split are networks in which servers do not reach each other that clients reach. With fixed masters every master that is apart from
// its slave refuses until the network is whole, and the slave connects anew.
func split() []scenario.Scenario {
	master := chaos.Masters.One()
	return []scenario.Scenario{
		full("split-halves", "The servers are split in halves, each master apart from its slave; clients reach all", "network", network.Split{Into: network.Halves}),
		full("split-bridge", "The same, and one NameServer reaches both halves", "network", network.Split{Into: network.Bridge}),
		full("split-ring", "Each server reaches two others alone", "network", network.Split{Into: network.Ring}),
		full("cut-clients", "No packet passes between a master and the clients; its slave hears it", "network", network.Cut{Target: master, Off: network.Clients}),
		full("cut-replication-one-way", "No packet passes from a master to its slave; what the slave sends arrives", "network",
			network.Cut{Target: master, Off: network.Peers, Way: network.Out}),
		full("lose-clients", "30 % of the packets between a master and the clients are lost", "network",
			network.Lose{Target: master, Off: network.Clients, Percent: 30}),
	}
}

// wrongNames are answers of DNS that come late, or are wrong. A broker keeps its connections; it asks when it has to connect anew, and a
// JVM remembers an answer for half a minute.
func wrongNames() []scenario.Scenario {
	master := chaos.Masters.One()
	stale := full("stale-names", "DNS answers a master with an address of nobody, and its connections to the NameServers are reset", "names",
		compound.Together{network.Stale{Target: master}, network.Reset{Target: master, Off: network.NameServers}})
	stale.Takes, stale.Steps[0].Hold = 110*time.Second, 45*time.Second
	return []scenario.Scenario{
		full("slow-names", "The answers of DNS to a master take two seconds and more", "names", network.Delay{Target: master, Off: network.Names, By: time.Second}),
		stale,
	}
}
