package catalog

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/process"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// electedGroup is the one group that the scenarios of this file hit.
const electedGroup = "broker-a"

// confirmed is when a fault beside another begins: the first is seen to hold by then, also on a busy machine, and everything else
// is as it was.
const confirmed = 15 * time.Second

// haScenarios are the faults that only a cluster has whose masters are elected. Those of one overlay share a cluster.
func haScenarios(v Versions) []scenario.Scenario {
	apart, loose := topology.Spec{Overlay: "controller-standalone", Version: v.To}, topology.Spec{Overlay: "controller-loose", Version: v.To}
	return slices.Concat(onControllers(apart), onReplicas(apart), onLoose(loose))
}

// ha is a scenario on elected masters whose fault holds for a time.
func ha(name, title string, on topology.Spec, step scenario.Step) scenario.Scenario {
	return scenario.Scenario{
		Name: name, Title: title, Labels: []string{"mode", "ha"}, On: on, Load: steady, Takes: 70*time.Second + step.Hold,
		Steps:  []scenario.Step{step},
		Claims: kept(serves(electedResume)...),
	}
}

// onControllers hits the controllers, which run apart from the NameServers here.
func onControllers(on topology.Spec) []scenario.Scenario {
	hold := func(f chaos.Fault, with ...scenario.Step) scenario.Step {
		return scenario.Step{Hold: 20 * time.Second, Fault: f, With: with}
	}
	master := chaos.Masters.One().In(electedGroup)
	blind := ha("majority-gone-kill-master", "Two of three controllers are frozen, and the master's pod is deleted by force: nobody can be elected until they go on",
		on, scenario.Step{Hold: 30 * time.Second, Fault: process.Stop{Target: chaos.Controllers.Majority()},
			With: []scenario.Step{{After: confirmed, Fault: pods.Kill{Target: master}}}})
	blind.Claims, blind.Spoils, blind.Budget.Healthy = claims.Sorted(append(waits(), claims.InSyncAgainWithin(electedResume))), true, electedResume+30*time.Second
	// The master comes back before another could be elected, and goes on at its own epoch. Since it drops what its epoch file says of that
	// epoch and begins it anew at the log's end (AutoSwitchHAService.changeToMaster), no slave finds where their logs agree: none is in sync
	// again, and the group takes no message until somebody repairs it.
	blind.Expect = verify.Expectation{Verdict: verify.Violated, By: verify.Each(claims.GroupsResumeWithin(electedResume), claims.InSyncAgainWithin(electedResume))}
	cut := ha("cut-controllers", "No packet passes between the master and the controllers, and all others do",
		on, hold(network.Cut{Target: master, Off: network.Controllers}))
	// Where they elect another the old one has to stop. The jRaft controllers of 5.2.0 elect nobody: they never look for a master that
	// has fallen silent (#9717, until 5.3.4).
	cut.Claims = kept(append(serves(electedResume), claims.WritableWithin(electedResume), claims.InSyncAgainWithin(electedResume))...)
	return []scenario.Scenario{
		ha("freeze-leader", "The leading controller is frozen; another leads, and no master changes", on, hold(process.Stop{Target: chaos.Leader.One()})),
		ha("isolate-leader", "No packet passes between the leading controller and the others", on, hold(network.Cut{Target: chaos.Leader.One(), Off: network.Controllers})),
		ha("freeze-majority", "Two of three controllers are frozen: no election is possible, and none is needed", on, hold(process.Stop{Target: chaos.Controllers.Majority()})),
		blind, cut,
	}
}

// onReplicas hits the replicas of a group, one after another.
func onReplicas(on topology.Spec) []scenario.Scenario {
	master, slave := chaos.Masters.One().In(electedGroup), chaos.Slaves.One().In(electedGroup)
	kill := func(after time.Duration) scenario.Step {
		return scenario.Step{After: after, Fault: pods.Kill{Target: master}}
	}
	all := []scenario.Scenario{
		ha("kill-two-masters", "The master's pod is deleted by force, and that of the one elected in its place", on,
			scenario.Step{Hold: 40 * time.Second, Fault: pods.Kill{Target: master}, With: []scenario.Step{kill(confirmed)}}),
		ha("kill-while-catching-up", "A slave's pod is deleted by force, and the master's while that slave catches up", on,
			scenario.Step{Hold: 30 * time.Second, Fault: pods.Kill{Target: slave}, With: []scenario.Step{kill(confirmed)}}),
		lastInSync("last-in-sync", "The master is cut off from its slaves until it alone is in sync, and then killed: the group waits for it", on, waits()),
	}
	all[0].Claims = kept(elects()...)
	// The other slave is elected, or the master is back before anybody noticed: jRaft controllers do not look for one that is silent (#9717).
	all[1].Claims = kept(append(serves(electedResume), claims.WritableWithin(electedResume), claims.InSyncAgainWithin(electedResume))...)
	return all
}

// shrinkWithin: a slave is taken out of the SyncStateSet when it has not caught up for 15 s, which is looked at every 5 s.
const shrinkWithin = 25 * time.Second

// lastInSync kills the process of a master that alone is in sync, in its pod, so that the cut stays.
func lastInSync(name, title string, on topology.Spec, held []verify.Claim) scenario.Scenario {
	master := chaos.Masters.One().In(electedGroup)
	s := ha(name, title, on, scenario.Step{Hold: shrinkWithin + 15*time.Second, Fault: network.Cut{Target: master, Off: network.Peers},
		With: []scenario.Step{{After: shrinkWithin, Fault: process.Kill{Target: master}}}})
	s.Claims = held
	return s
}

// waits are the claims where a group has to stop until the fault is undone, rather than lose anything.
func waits() []verify.Claim {
	return kept(claims.GroupsResumeWithin(electedResume).CountedFromHealed(), claims.ResumesWithin(electedResume).CountedFromHealed(),
		claims.OutageAtMost(2*electedResume, 2*electedResume))
}

// onLoose stands on brokers as most deployments have them: each setting that keeps messages in an election is at its default.
// What such a group promises of a dead master is that another takes over, and not that it has everything.
func onLoose(on topology.Spec) []scenario.Scenario {
	kill := ha("loose-kill-master", "With the defaults of elected masters: the master's pod is deleted by force", on,
		scenario.Step{Hold: 20 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}})
	kill.Claims = claims.Sorted(append([]verify.Claim{claims.NoUnexpected(), claims.PayloadIntact(), claims.EnoughTraffic(1), claims.FaultConfirmed()},
		serves(electedResume)...))
	lose := lastInSync("loose-last-in-sync", "With the defaults of elected masters: the master acknowledges alone and is killed, one that lags is elected, and what it lacks is lost",
		on, kept(append(serves(2*electedResume), claims.NoTruncation())...))
	lose.Expect, lose.Spoils = verify.Expectation{Verdict: verify.Violated, By: verify.Each(claims.NoAckedLoss(), claims.NoTruncation())}, true
	return []scenario.Scenario{kill, lose}
}
