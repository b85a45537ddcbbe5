package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
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

// attached is the cluster with fixed masters on volumes that are attached to one node at a time, as a cloud's disks are.
var attached = topology.Spec{Overlay: "attached"}

// attachedScenarios run on a cluster of their own: it needs a CSI driver, which no other does.
func attachedScenarios() []scenario.Scenario {
	again := onAttached("attached-same-node", "A master's StatefulSet and pod are made again; the attached volume is kept and attached again",
		disk.Reattach{Target: chaos.Masters.One(), Anywhere: true})
	move := onAttached("attached-other-node", "A master's node is cordoned and its pod deleted: its volume is detached there and attached to another node",
		disk.Move{Target: chaos.Masters.One()})
	move.Spoils = true // both masters share a node afterwards
	return []scenario.Scenario{again, move}
}

func onAttached(name, title string, f chaos.Fault) scenario.Scenario {
	return scenario.Scenario{
		Name: name, Title: title, Labels: []string{"storage", "mode"},
		On: attached, Load: steady, Takes: 75 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: f}},
		Claims: kept(serves(restart)...),
	}
}
