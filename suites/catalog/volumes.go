package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/scenario"
)

func volumeScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "reattach-same-node", Title: "A master's StatefulSet and pod are deleted and made again, the claim is kept", Labels: []string{"storage"},
		On: static, Load: steady, Takes: 60 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: disk.Reattach{Target: chaos.Masters.One()}}},
		Claims: kept(serves(restart)...),
	}}
}

// moveScenarios come last: both masters share a node afterwards.
func moveScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "reattach-other-node", Title: "A master's node is cordoned and its pod deleted: pod and volume start again on another node", Labels: []string{"storage"},
		On: static, Load: steady, Takes: 60 * time.Second, Spoils: true,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: disk.Move{Target: chaos.Masters.One()}}},
		Claims: kept(serves(restart)...),
	}}
}
