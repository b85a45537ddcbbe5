package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
)

// inFlight is what a slave may lack and still have caught up: the load never pauses, and these are its messages of a
// tenth of a second, in bytes.
const inFlight = 32 << 10

// The roll is over when it is confirmed, so nothing is held.
func upgradeScenarios(v Versions) []scenario.Scenario {
	roll := scenario.Scenario{
		Name: "rolling-upgrade", Title: "The image is rolled from " + v.From + " to " + v.To + ", slaves first, each step gated on replication", Labels: []string{"upgrade"},
		On: topology.Spec{Overlay: static.Overlay, Version: v.From, UpgradeTo: v.To}, Load: steady, Takes: 200 * time.Second,
		Steps:  []scenario.Step{{Fault: change.Upgrade{To: "apache/rocketmq:" + v.To, NameServers: true, MaxBehind: inFlight}}},
		Claims: kept(serves(restarts)...),
	}
	return []scenario.Scenario{roll, withKill(roll, v)}
}
