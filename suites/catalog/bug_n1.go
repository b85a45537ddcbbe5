package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// bugN1 finishes log files within a second, and puts too few messages into each of many queues for a broker to sync these. What
// lies more than 3 s before the loss is then not put into queues again. A kernel writes the queues by itself about every 30 s:
// where it has just done so, nothing is lost. 5.5.0 looks back, but at ten log files only (O2), unless it is told otherwise.
func bugN1() Bug {
	return Bug{
		ID: "N1", Title: "After a power loss recovery begins behind log files whose consume queues were not synced", Red: "5.3.3", Green: "5.5.0", Mend: "commitLogRecoverMaxNum=1000",
		Loses: "messages that SYNC_FLUSH acknowledged: they are in the log and in no queue, and their offsets are given out again",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On:   topology.Spec{Overlay: attached.Overlay, Settings: "mappedFileSizeCommitLog=262144\nflushConsumeQueueThoroughInterval=600000"},
			Load: []scenario.Traffic{{Kind: "steady", Rate: 120, BodyBytes: 6_000, Queues: 16, Consumer: true}}, Takes: 110 * time.Second,
			Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: disk.PowerLoss{Target: chaos.Masters.One()}}},
			Budget: scenario.Budget{Finish: 4 * time.Minute}, // queues that lost their entries are slow to read
			Claims: messages(claims.FaultConfirmed()),
		},
	}
}
