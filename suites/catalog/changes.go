package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/scenario"
)

// changes are what somebody rolls out and takes back.
func changes(v Versions) []scenario.Scenario {
	servers, to := chaos.NameServers.One(), "apache/rocketmq:"+v.To
	back := full("turn-back-upgrade", "An upgrade to "+v.To+" is given up after its first broker, and rolled back", "change",
		change.TurnBack{Upgrade: change.Upgrade{To: to, MaxBehind: inFlight}})
	back.Takes = 120 * time.Second // a slave restarts twice
	return []scenario.Scenario{
		full("broken-image", "An image that cannot be had is rolled over the NameServers: the roll stops, the others serve, it is taken back", "change",
			change.BrokenImage{Target: servers}),
		full("impossible-request", "NameServers ask for more memory than any node has: the roll stops, the others serve, it is taken back", "change",
			change.ImpossibleRequest{Target: servers}),
		full("wrong-option", "An option that no JVM knows is rolled over the NameServers: one crashes, the others serve, it is taken back", "change",
			change.WrongOption{Target: servers}),
		full("canary-nameserver", "One NameServer runs "+v.To+" for the whole fault, and goes back", "change", change.Canary{Target: servers, Image: to}),
		back,
	}
}
