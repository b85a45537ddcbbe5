package catalog

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/process"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

func volumeScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "reattach-same-node", Title: "A master's StatefulSet and pod are deleted and made again, the claim is kept", Labels: []string{"storage"},
		On: static, Load: steady, Takes: 60 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: disk.Reattach{Target: chaos.Masters.One()}}},
		Claims: kept(serves(restart)...),
	}}
}

// moveScenarios come last: both masters share a node afterwards.
func moveScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "reattach-other-node", Title: "A master's node is cordoned and its pod deleted: pod and volume start again on another node", Labels: []string{"storage"},
		On: static, Load: steady, Takes: 60 * time.Second, Spoils: true,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: disk.Move{Target: chaos.Masters.One()}}},
		Claims: kept(serves(restart)...),
	}}
}

// attached is the cluster with fixed masters on volumes that are attached to one node at a time, as a cloud's disks are.
var attached = topology.Spec{Overlay: "attached"}

// attachedScenarios run on a cluster of their own: it needs a CSI driver, which no other does. Those that leave it as it was come first, so
// that RocketMQ is not deployed anew between them.
func attachedScenarios(v Versions) []scenario.Scenario {
	again := onAttached("attached-same-node", "A master's StatefulSet and pod are made again; the attached volume is kept and attached again",
		disk.Reattach{Target: chaos.Masters.One(), Anywhere: true})
	move := onAttached("attached-other-node", "A master's node is cordoned and its pod deleted: its volume is detached there and attached to another node",
		disk.Move{Target: chaos.Masters.One()})
	move.Spoils = true // both masters share a node afterwards
	lost := onAttached("attached-volume-lost", "The volume of a slave is lost: it starts on an empty one while the load runs", disk.LoseVolume{Target: chaos.Slaves.One(), Retained: true})
	lost.Spoils, lost.Claims = true, kept(serves(restarts)...)
	rival := onAttached("attached-two-pods", "A second pod on another node wants the volume of a master: it is refused, and the master does not notice",
		disk.Rival{Target: chaos.Masters.One()})
	rival.Claims = kept(serves(route)...)
	rival.Takes, lost.Takes = 40*time.Second, 70*time.Second
	return slices.Concat(
		[]scenario.Scenario{again, rival}, mildDisks(), []scenario.Scenario{claimDeleted()}, drills(), // on one cluster
		failingDisks(v), []scenario.Scenario{lost, wrongVolume()},
		[]scenario.Scenario{noInodes(v), bitRot(), bitRotRestart(), powerLoss(), powerLossAsync(), retention(), move},
	)
}

// claimDeleted: nothing is out until the pod is taken away to bind its volume again.
func claimDeleted() scenario.Scenario {
	s := onAttached("attached-claim-deleted", "The claim of a master's volume is deleted while it is used: it stays until the pod goes, and the volume is bound to a new one",
		disk.DeleteClaim{Target: chaos.Masters.One()})
	s.Claims = kept(claims.GroupsResumeWithin(restarts).CountedFromHealed(), claims.ResumesWithin(restarts).CountedFromHealed(), claims.OutageAtMost(restarts, 2*restarts))
	return s
}

// wrongVolume: a broker does not ask whose store it starts on. It serves the other's messages as its own, and what it acknowledges then is
// on a volume that it has to give back.
func wrongVolume() scenario.Scenario {
	s := onAttached("attached-wrong-volume", "A master starts on the volume of another group's slave, serves, and is given its own back",
		disk.WrongVolume{Target: chaos.Masters.One().In("broker-a"), Of: chaos.Slaves.One().In("broker-b")})
	s.Steps[0].Hold, s.Takes, s.Spoils = 40*time.Second, 220*time.Second, true
	s.Budget.Before = 70 * time.Second  // the slave has fetched the topics, which it does once a minute
	s.Budget.Healthy = 90 * time.Second // two logs that no longer agree need not come together
	s.Claims = kept(claims.GroupsResumeWithin(restarts).CountedFromHealed(), claims.ResumesWithin(restarts).CountedFromHealed(), claims.OutageAtMost(2*restarts, 2*restarts))
	s.Expect = verify.Expectation{Verdict: verify.Violated, By: claims.NoAckedLoss().ID()}
	return s
}

// smallFiles: recovery begins some finished log files before the last one, so there have to be several.
const smallFiles = "mappedFileSizeCommitLog=1048576"

func powerLoss() scenario.Scenario {
	s := onAttached("attached-power-loss", "A master and its disk lose power: what was not synchronised is gone; the volume is attached again",
		disk.PowerLoss{Target: chaos.Masters.One()})
	s.On.Settings, s.Spoils = smallFiles, true
	s.Takes, s.Claims = 100*time.Second, kept(serves(restarts)...)
	return s
}

// powerLossAsync is the control of powerLoss: a broker that flushes late has to lose what it acknowledged, or no power was lost.
func powerLossAsync() scenario.Scenario {
	s := powerLoss()
	s.Name, s.Title = "attached-power-loss-async", "The same where brokers flush late: acknowledged messages have to be missing"
	s.On.Settings = smallFiles + "\nflushDiskType=ASYNC_FLUSH"
	s.Expect = verify.Expectation{Verdict: verify.Violated, By: claims.NoAckedLoss().ID()}
	return s
}

// retention deletes each finished log file within some seconds, at any hour.
func retention() scenario.Scenario {
	s := onAttached("attached-retention", "Brokers delete their log files as soon as these are finished, and a slave's server is killed: what they deleted has expired",
		process.Kill{Target: chaos.Slaves.One()})
	s.Takes, s.Load = 55*time.Second, large
	s.On.Settings = smallFiles + "\nfileReservedTime=0\ndeleteWhen=00;01;02;03;04;05;06;07;08;09;10;11;12;13;14;15;16;17;18;19;20;21;22;23"
	s.Budget.Before = 15 * time.Second // some finished log files
	return s
}

func onAttached(name, title string, f chaos.Fault) scenario.Scenario {
	return scenario.Scenario{
		Name: name, Title: title, Labels: []string{"storage", "mode"},
		On: attached, Load: steady, Takes: 75 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: f}},
		Claims: kept(serves(restart)...),
	}
}
