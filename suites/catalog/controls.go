package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// controlScenarios must be caught: a judge that misses these can be believed in nothing.
func controlScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "no-fault", Title: "Nothing is injected: no fault may be confirmed", Labels: []string{Control},
		On: static, Load: steady, Takes: 45 * time.Second,
		Steps:  []scenario.Step{{Hold: time.Second, Fault: pods.Spare{Target: chaos.Masters.One()}}},
		Claims: kept(serves(restart)...),
		Expect: verify.Expectation{Verdict: verify.Inconclusive, By: claims.FaultConfirmed().ID()},
	}, {
		Name: "lossy", Title: "One broker that flushes late, on a disk that goes with its pod, is killed by force", Labels: []string{Control},
		On: topology.Spec{Overlay: "lossy"}, Load: steady, Takes: 60 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}},
		Claims: kept(serves(restart)...),
		Expect: verify.Expectation{Verdict: verify.Violated, By: claims.NoAckedLoss().ID()},
	}}
}
