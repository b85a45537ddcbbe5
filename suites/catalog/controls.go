package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// soon is sooner than any broker starts.
const soon = 3 * time.Second

// controlScenarios must be caught: a judge that misses these can be believed in nothing.
func controlScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "no-fault", Title: "Nothing is injected: no fault may be confirmed; a pod prints a Secret: nothing may keep it", Labels: []string{Control},
		On: static, Load: steady, PlantSecret: true, Takes: 45 * time.Second,
		Steps:  []scenario.Step{{Hold: time.Second, Fault: pods.Spare{Target: chaos.Masters.One()}}},
		Claims: kept(serves(restart)...),
		Expect: verify.Expectation{Verdict: verify.Inconclusive, By: claims.FaultConfirmed().ID()},
	}, {
		Name: "no-consumer", Title: "The consumer is switched off: nothing may be said of deliveries", Labels: []string{Control},
		On: static, Load: []scenario.Traffic{{Kind: "steady", Rate: 200}}, Takes: 60 * time.Second,
		Steps:  []scenario.Step{{Hold: time.Second, Fault: pods.Delete{Target: chaos.NameServers.One()}}},
		Claims: kept(serves(route)...),
		Expect: verify.Expectation{Verdict: verify.Inconclusive, By: claims.DeliveredAtLeastOnce().ID()},
	}, {
		Name: "no-probe", Title: "The probes are switched off: nothing may be said of a broker group's service", Labels: []string{Control},
		On: static, Load: steady, NoProbe: true, Takes: 60 * time.Second,
		Steps:  []scenario.Step{{Hold: time.Second, Fault: pods.Delete{Target: chaos.NameServers.One()}}},
		Claims: kept(serves(route)...),
		Expect: verify.Expectation{Verdict: verify.Inconclusive, By: claims.GroupsResumeWithin(route).ID()},
	}, {
		Name: "blocked-group", Title: "A rule keeps clients from one broker group for longer than its budget; the other group answers", Labels: []string{Control},
		On: static, Load: steady, Takes: 100 * time.Second,
		Steps:  []scenario.Step{{Hold: route + 10*time.Second, Fault: network.Cut{Target: chaos.Masters.One(), Off: network.Clients}}},
		Claims: kept(serves(route)...),
		Expect: verify.Expectation{Verdict: verify.Violated, By: claims.GroupsResumeWithin(route).ID()},
	}, {
		Name: "lossy", Title: "One broker that flushes late, on a disk that goes with its pod, is killed by force", Labels: []string{Control},
		On: topology.Spec{Overlay: "lossy"}, Load: steady, Takes: 60 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}},
		Claims: kept(serves(restart)...),
		Expect: verify.Expectation{Verdict: verify.Violated, By: claims.NoAckedLoss().ID()},
	}}
}

// forgettingControls are those of the claims on what a cluster keeps beside messages, and on elections.
func forgettingControls() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "forgetful", Title: "A broker on a disk that goes with its pod is killed by force: its topics are gone, and what consumers committed", Labels: []string{Control},
		On: topology.Spec{Overlay: "lossy"}, Load: steady, Takes: 60 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}},
		Claims: kept(append(serves(restart), claims.MetadataKept(), claims.OffsetsKept(time.Second))...),
		Expect: verify.Expectation{Verdict: verify.Violated, By: verify.Each(claims.MetadataKept(), claims.OffsetsKept(time.Second))},
	}, {
		Name: "nobody-elected", Title: "A fixed master's pod is deleted by force: nobody is elected in its place, and it needs longer than is allowed", Labels: []string{Control},
		On: static, Load: steady, Takes: 60 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}},
		Claims: kept(append(serves(restart), claims.ElectsWithin(soon), claims.WritableWithin(soon))...),
		Expect: verify.Expectation{Verdict: verify.Violated, By: verify.Each(claims.ElectsWithin(soon), claims.WritableWithin(soon))},
	}}
}
