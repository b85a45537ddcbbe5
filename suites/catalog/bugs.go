package catalog

import (
	"slices"
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// TrackRecord is the label of scenarios that show a known bug of a release.
const TrackRecord = "track-record"

// Bug is a defect of a released version that an ordinary scenario shows: red on a version that has it, green on one that
// has not. Nothing in the scenario looks for the bug.
type Bug struct {
	ID         string // number of RocketMQ's issue, or a name of ours where none is known
	Title      string
	Loses      string // what a user loses by it
	Red, Green string // versions
	By         string // id of the claim that it breaks
	Show       scenario.Scenario
}

// Called is the bug's name as people write it.
func (b Bug) Called() string {
	if b.Reported() {
		return "#" + b.ID
	}
	return b.ID
}

// Reported tells whether the id is the number of an issue.
func (b Bug) Reported() bool {
	_, err := strconv.Atoi(b.ID)
	return err == nil
}

// Sides are the scenarios of the red and of the green version.
func (b Bug) Sides() []scenario.Scenario { return []scenario.Scenario{b.red(), b.green()} }

func (b Bug) red() scenario.Scenario {
	s := b.on("red", b.Red)
	s.Expect = verify.Expectation{Verdict: verify.Violated, By: b.By}
	return s
}

func (b Bug) green() scenario.Scenario { return b.on("green", b.Green) }

func (b Bug) on(side, version string) scenario.Scenario {
	s := b.Show
	s.Name = b.ID + "-" + side
	s.Title = b.Called() + " on " + version + ": " + b.Title
	s.Labels = append(slices.Clone(s.Labels), TrackRecord)
	s.On.Version = version
	s.Spoils = true // what the bug did to the store is nothing to go on with
	return s
}

// Bugs lists the track record.
func Bugs() []Bug {
	return []Bug{{
		ID: "6570", Title: "A refused message shifts the offset of every later one in its queue", Red: "5.1.0", Green: "5.1.1",
		Loses: "offsets: acknowledgements name one too high, and after a restart an offset is given out twice and a consumer skips a message",
		By:    claims.OffsetHonest().ID(),
		Show: scenario.Scenario{
			On: static, Takes: 60 * time.Second, Claims: messages(),
			Load: []scenario.Traffic{{Kind: "steady", Rate: 200, Consumer: true, Refused: 200,
				RefusedBy: []string{agentapi.RefusedByProperties, agentapi.RefusedBySize}}},
		},
	}, {
		ID: "6283", Title: "A pool of buffers outside of the heap never reaches the log of an asynchronous master", Red: "5.1.0", Green: "5.1.1",
		Loses: "every acknowledged message: consumers see an empty queue, and a restart finds an empty log",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On:   topology.Spec{Overlay: "lossy", Settings: "transientStorePoolEnable=true\ntransientStorePoolSize=3\nmappedFileSizeCommitLog=16777216"},
			Load: steady, Takes: 100 * time.Second, Claims: messages(),
		},
	}, {
		ID: "O2", Title: "Consume queues are made again from the last ten log files only", Red: "5.5.0", Green: "5.3.3",
		Loses: "acknowledged messages of older log files: they are in the log and in no queue, and their offsets are given out again",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On:   topology.Spec{Overlay: "lossy", Settings: "flushDiskType=SYNC_FLUSH\nmappedFileSizeCommitLog=262144"},
			Load: steady, Takes: 100 * time.Second, Claims: messages(claims.FaultConfirmed()),
			Budget: scenario.Budget{Before: 40 * time.Second}, // far more than ten log files of 256 KiB
			Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: disk.LoseIndex{Target: chaos.Masters.One()}}},
		},
	}, {
		ID: "9403", Title: "One topic with a message type empties the slaves' list of topics; the one that is elected has none", Red: "5.3.3", Green: "5.2.0",
		Loses: "every topic of the group, and with it all acknowledged messages, when a slave becomes master",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On: topology.Spec{Overlay: "controller"}, Takes: 150 * time.Second, Claims: messages(claims.FaultConfirmed()),
			Load:   append([]scenario.Traffic{{Kind: "steady", Rate: 20, MessageType: "FIFO"}}, steady...),
			Budget: scenario.Budget{Before: 25 * time.Second, Healthy: time.Minute}, // slaves ask for the topics every 10 s
			Steps:  []scenario.Step{{Hold: 20 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}},
		},
	}}
}

func bugScenarios() (all []scenario.Scenario) {
	for _, b := range Bugs() {
		all = append(all, b.Sides()...)
	}
	return all
}
