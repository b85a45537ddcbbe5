package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// bugO2 has a log of many small files, and too few messages in each of its queues for a broker to sync these: so the
// checkpoint, from which recovery begins, stays where it was.
func bugO2() Bug {
	return Bug{
		ID: "O2", Title: "Consume queues are made again from the last ten log files only", Red: "5.5.0", Green: "5.5.0", Mend: "commitLogRecoverMaxNum=1000",
		Loses: "acknowledged messages of older log files: they are in the log and in no queue, and their offsets are given out again",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On:    topology.Spec{Overlay: "lossy", Settings: "flushDiskType=SYNC_FLUSH\nmappedFileSizeCommitLog=262144\nflushConsumeQueueThoroughInterval=600000"},
			Load:  []scenario.Traffic{{Kind: "steady", Rate: 40, BodyBytes: 12_000, Queues: 64, Consumer: true}},
			Takes: 100 * time.Second, Claims: messages(claims.FaultConfirmed()),
			Budget: scenario.Budget{Before: 25 * time.Second}, // 12 MB, far more than ten log files of 256 KiB
			Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: disk.LoseIndex{Target: chaos.Masters.One()}}},
		},
	}
}
