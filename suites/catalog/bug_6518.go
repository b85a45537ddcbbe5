package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify/claims"
)

func bug6518() Bug {
	return Bug{
		ID: "6518", Title: "Threads that build consume queues at once share one buffer's position", Red: "5.1.0", Green: "5.1.1",
		Loses: "acknowledged messages: entries of the consume queues point at the wrong place of the log, or at none",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On:   topology.Spec{Overlay: "lossy", Settings: "enableBuildConsumeQueueConcurrently=true"},
			Load: []scenario.Traffic{{Kind: "steady", Rate: 400, Consumer: true}}, Takes: 60 * time.Second, Claims: messages(),
		},
	}
}
