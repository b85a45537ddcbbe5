package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify/claims"
)

func bug9403() Bug {
	return Bug{
		ID: "9403", Title: "One topic with a message type empties the slaves' list of topics; the one that is elected has none", Red: "5.3.3", Green: "5.2.0",
		Loses: "every topic of the group, and with it all acknowledged messages, when a slave becomes master",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On: topology.Spec{Overlay: "controller"}, Takes: 150 * time.Second, Claims: messages(claims.FaultConfirmed()),
			Load:   append([]scenario.Traffic{{Kind: "steady", Rate: 20, MessageType: "FIFO"}}, steady...),
			Budget: scenario.Budget{Before: 25 * time.Second, Healthy: time.Minute}, // slaves ask for the topics every 10 s
			Steps:  []scenario.Step{{Hold: 20 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}},
		},
	}
}
