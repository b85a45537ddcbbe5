package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
)

// electedResume is longer than with fixed masters: the controllers notice a dead master after its heartbeats have timed
// out, and the elected one refuses until a second replica is in sync. 18 to 37 s were measured.
const electedResume = 60 * time.Second

// electedScenarios run on a cluster whose controllers elect the masters. It is deployed anew, and so comes last.
func electedScenarios(v Versions) []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "controller-kill-master", Title: "The elected master's pod is deleted by force; an in-sync slave takes over", Labels: []string{"mode", "pod"},
		On: topology.Spec{Overlay: "controller", Version: v.To}, Load: steady, Takes: 100 * time.Second,
		Steps:  []scenario.Step{{Hold: 20 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}},
		Claims: kept(serves(electedResume)...),
	}}
}
