package catalog

import (
	"slices"
	"strconv"
	"time"

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
	}}
}

func bugScenarios() (all []scenario.Scenario) {
	for _, b := range Bugs() {
		all = append(all, b.Sides()...)
	}
	return all
}
