package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// pooled makes a broker collect messages in a pool of buffers outside of the heap before they reach its log.
const pooled = "transientStorePoolEnable=true\ntransientStorePoolSize=3\nmappedFileSizeCommitLog=16777216"

func bug6283() Bug {
	return Bug{
		ID: "6283", Title: "A pool of buffers outside of the heap never reaches the log of an asynchronous master", Red: "5.1.0", Green: "5.1.1",
		Loses: "every acknowledged message: consumers see an empty queue, and a restart finds an empty log",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On:   topology.Spec{Overlay: "lossy", Settings: pooled},
			Load: steady, Takes: 100 * time.Second, Claims: messages(),
		},
	}
}
