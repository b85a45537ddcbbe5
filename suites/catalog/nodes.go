package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// A volume that is tied to its node cannot follow: the drained node's group is out until the node is uncordoned, and counts
// from then.
func nodeScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "drain-node", Title: "The node that holds a master is cordoned and drained, disruption budgets respected", Labels: []string{"node"},
		On: static, Load: steady, Takes: 75 * time.Second,
		Steps: []scenario.Step{{Hold: 10 * time.Second, Fault: nodes.Drain{Target: chaos.Masters.One()}}},
		Claims: kept(
			claims.GroupsResumeWithin(restart).CountedFromHealed(), claims.ResumesWithin(restart).CountedFromHealed(),
			claims.OutageAtMost(2*restart, 2*restart),
		),
	}}
}
