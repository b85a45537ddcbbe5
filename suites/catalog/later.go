package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/process"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// everyKind is a load of each kind of message, beside ordinary ones.
var everyKind = []scenario.Traffic{
	{Kind: "steady", Rate: 100, Consumer: true}, {Kind: "delay", Rate: 20}, {Kind: "timer", Rate: 20}, {Kind: "transaction", Rate: 20},
}

// asksSoon makes brokers ask about open transactions every 10 s, and not every 30 s, but only about those that are open for 15 s:
// they write down up to 6 s later that one has ended, and by default they ask after as long, so that some are committed twice.
// Each of their threads that stores keeps as much memory as the largest message takes, and these kinds have many: with the
// default of 4 MiB the small brokers of the test cluster have too little of it, and drop what is due.
const asksSoon = "transactionTimeOut=15000\ntransactionCheckInterval=10000\nmaxMessageSize=262144"

// laterScenarios are about messages that come to their topic after they were acknowledged.
func laterScenarios(v Versions) []scenario.Scenario {
	on := static
	on.Version, on.Settings = v.To, asksSoon
	end := scenario.Scenario{
		Name: "later-end-master", Title: "Delayed messages, and some in transactions; a master's process is ended in order, and what is due meanwhile is lost",
		Labels: []string{"later", "process", Full}, On: on, Load: everyKind, Takes: 3 * time.Minute,
		Budget: scenario.Budget{Before: 15 * time.Second, After: 15 * time.Second, Finish: 3 * time.Minute}, // before and after there is time for the longest delay
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: process.Terminate{Target: chaos.Masters.One()}}},
		Claims: kept(append(serves(restarts), claims.FiresOnce(), claims.CommitsOnce())...),
	}
	// The store takes nothing any more while a broker ends, and releases up to 5.3.2 pass over what is due then (#9249).
	end.Expect = verify.Expectation{Verdict: verify.Violated, By: claims.FiresOnce().ID()}
	return []scenario.Scenario{end}
}
