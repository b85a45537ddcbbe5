package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// bug9249 has delayed messages come due while all but 5 % of the disk of a master is taken, so that the broker cannot put them to
// their topic: it can write still, and refuses of its own accord. It looks at its disk a minute after its start first, and every
// 10 s then. Each thread that stores keeps as much memory as the largest message takes, of which the small brokers have little.
func bug9249() Bug {
	return Bug{
		ID: "9249", Title: "A delayed message that cannot be put to its topic when it is due is skipped", Red: "5.2.0", Green: "5.3.3",
		Loses: "every message of a delay level that comes due while the disk is above 90 %, or the broker refuses for another reason",
		By:    claims.NoAckedLoss().ID(),
		Show: scenario.Scenario{
			On: topology.Spec{Overlay: attached.Overlay, Settings: "maxMessageSize=262144"}, Takes: 140 * time.Second,
			Load:   []scenario.Traffic{{Kind: "delay", Rate: 60, Delay: 10 * time.Second, Consumer: true}},
			Budget: scenario.Budget{Before: 30 * time.Second},
			Steps:  []scenario.Step{{Hold: 35 * time.Second, Fault: disk.Fill{Target: chaos.Masters.One(), Leave: 100 << 20}}},
			Claims: claims.Sorted([]verify.Claim{claims.NoAckedLoss(), claims.NoUnexpected(), claims.NoLogDuplicate(), claims.PayloadIntact(),
				claims.EnoughTraffic(1), claims.FaultConfirmed()}),
		},
	}
}
