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

// electedScenarios run on clusters of other modes. Each is deployed anew, and so they come last.
func electedScenarios(v Versions) []scenario.Scenario {
	return []scenario.Scenario{
		mode("controller-kill-master", "The elected master's pod is deleted by force; an in-sync slave takes over",
			topology.Spec{Overlay: "controller", Version: v.To}, pods.Kill{Target: chaos.Masters.One()}),
		mode("standalone-kill-master", "The same with controllers outside of the NameServers",
			topology.Spec{Overlay: "controller-standalone", Version: v.To}, pods.Kill{Target: chaos.Masters.One()}),
		mode("controller-kill-leader", "The leading controller's pod is deleted by force, and with it a NameServer; no master changes",
			topology.Spec{Overlay: "controller", Version: v.To}, pods.Kill{Target: chaos.Leader.One()}),
		mode("acting-kill-master", "A master's pod is deleted by force; a slave acts for it towards consumers, and sends wait for it",
			topology.Spec{Overlay: "acting-master", Version: v.To}, pods.Kill{Target: chaos.Masters.One()}),
	}
}

// mode is a scenario on a cluster of another mode than the fixed masters.
func mode(name, title string, on topology.Spec, f chaos.Fault) scenario.Scenario {
	return scenario.Scenario{
		Name: name, Title: title, Labels: []string{"mode", "pod"}, On: on, Load: steady, Takes: 100 * time.Second,
		Steps:  []scenario.Step{{Hold: 20 * time.Second, Fault: f}},
		Claims: kept(serves(electedResume)...),
	}
}
