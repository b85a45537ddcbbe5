package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/process"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// bug7689 freezes both slaves for longer than their heartbeats are waited for and shorter than they are kept in sync. So the
// killed master comes back as the only one that can be elected, with a log of which its slaves had not confirmed the end.
func bug7689() Bug {
	return Bug{
		ID: "7689", Title: "A restarted master counts the offsets of its queues up to what its slaves had confirmed only", Red: "5.1.1", Green: "5.2.0",
		Loses: "acknowledged messages: they are given offsets that others have already, and come into no queue",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On:   topology.Spec{Overlay: "controller", Settings: "minInSyncReplicas=1\ninSyncReplicas=1"},
			Load: steady, Takes: 150 * time.Second, Claims: messages(claims.FaultConfirmed()),
			Steps: []scenario.Step{{
				Hold: 40 * time.Second, Fault: process.Stop{Target: chaos.Slaves.All().In("broker-a")},
				With: []scenario.Step{{After: 12 * time.Second, Fault: process.Kill{Target: chaos.Masters.One().In("broker-a")}}},
			}},
		},
	}
}
