// Package catalog holds every scenario as a value that a program can list, one subject a file. It imports neither Ginkgo
// nor Kubernetes' clients: rmqproof plan and e2e read it in the released binary, and the specs loop over it.
package catalog

import (
	"slices"

	"golang.org/x/mod/semver"
	"time"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// Versions are the RocketMQ versions of a run.
type Versions struct {
	From string // what scenarios start on
	To   string // what upgrades lead to
}

// Default versions.
var Default = Versions{From: "5.1.0", To: "5.2.0"}

func (v Versions) olderThan(release string) bool { return semver.Compare("v"+v.From, "v"+release) < 0 }

// Control is the filter of the negative controls: what has to be caught.
const Control = "negative-control"

// Needed lists the versions of RocketMQ that scenarios name.
func Needed(some []scenario.Scenario) (versions []string) {
	for _, s := range some {
		for _, v := range []string{s.On.Version, s.On.UpgradeTo} {
			if v != "" && !slices.Contains(versions, v) {
				versions = append(versions, v)
			}
		}
	}
	return versions
}

// All lists the scenarios in the order in which they run: those that share a cluster stand together, and what spoils it
// comes last.
func All(v Versions) []scenario.Scenario {
	return slices.Concat(podScenarios(), nameServerScenarios(), nodeScenarios(), volumeScenarios(), fullScenarios(v), upgradeScenarios(v), moveScenarios(),
		attachedScenarios(v), laterScenarios(v), electedScenarios(v), haScenarios(v), rejoinScenarios(v), controlScenarios(), forgettingControls(), bugScenarios())
}

var (
	// static is the bundled cluster with fixed masters. It runs whichever version the run is about.
	static = topology.Spec{Overlay: "kind"}
	// steady is the ordinary load: sends spread over all groups, one consumer group.
	steady = []scenario.Traffic{{Kind: "steady", Rate: 200, Consumer: true}}
)

// kept are the claims of every scenario on a cluster whose acknowledgements stand for two copies on two disks: no single
// failure takes anything away. How soon it serves again is the scenario's own.
func kept(service ...verify.Claim) []verify.Claim {
	return messages(append([]verify.Claim{claims.ReplicasAgree(), claims.OneMaster(), claims.FaultConfirmed()}, service...)...)
}

// messages are the claims on every message, whatever the cluster; others come to them.
func messages(others ...verify.Claim) []verify.Claim {
	return claims.Sorted(append([]verify.Claim{
		claims.NoAckedLoss(), claims.NoUnexpected(), claims.NoLogDuplicate(), claims.PayloadIntact(),
		claims.OffsetHonest(), claims.OffsetUnique(), claims.OffsetMonotone(), claims.QueueOrder(),
		claims.ConsumersCatchUp(), claims.DeliveredAtLeastOnce(), claims.NoDeliverySkip(),
		claims.EnoughTraffic(1),
	}, others...))
}

// serves are the claims on service: each broker group by its probes, and the cluster as clients see it, is stable again
// within a budget of each fault, and what was out in all stays below twice of that.
func serves(within time.Duration) []verify.Claim {
	return []verify.Claim{claims.GroupsResumeWithin(within), claims.ResumesWithin(within), claims.OutageAtMost(within, 2*within)}
}

// The budgets of service, and where each comes from.
const (
	// restart: a pod is scheduled, its volume mounted, a JVM started, the log recovered and the broker registered. 18 to
	// 21 s on two quiet cores, 31 to 45 s where something else takes one of them.
	restart = 60 * time.Second
	// route: no group stops; clients learn of a lost NameServer when a request to it fails, and ask the next one.
	route = 30 * time.Second
	// restarts: an upgrade restarts each broker of a group once. The master is away as in restart, the slave's time makes
	// the group refuse as well, since an acknowledgement stands for two copies.
	restarts = 2 * restart
)
