package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify/claims"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

func bug6570() Bug {
	return Bug{
		ID: "6570", Title: "A refused message shifts the offset of every later one in its queue", Red: "5.1.0", Green: "5.1.1",
		Loses: "offsets: acknowledgements name one too high, and after a restart an offset is given out twice and a consumer skips a message",
		By:    claims.OffsetHonest().ID(),
		Show: scenario.Scenario{
			On: static, Takes: 60 * time.Second, Claims: messages(),
			Load: []scenario.Traffic{{Kind: "steady", Rate: 200, Consumer: true, Refused: 200,
				RefusedBy: []string{agentapi.RefusedByProperties, agentapi.RefusedBySize}}},
		},
	}
}
