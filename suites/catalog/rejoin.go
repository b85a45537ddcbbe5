package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/compound"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// rejoinScenarios take away what a cluster with elected masters remembers: a replica's store, with the id that it was given, the
// controllers' books, and the leading controller while it has to elect.
func rejoinScenarios(v Versions) []scenario.Scenario {
	on := topology.Spec{Overlay: "controller-standalone", Version: v.To}
	slave := disk.LoseStore{Target: chaos.Slaves.One().In(electedGroup)}
	hold := scenario.Step{Hold: 20 * time.Second, Fault: slave}
	// A broker that begins with nothing asks for an id, and counts as a further replica: the old one is never forgotten.
	once := ha("replica-emptied", "A slave starts again with an empty store: it gets another id, and everything from its master", on, hold)
	twice := ha("replica-emptied-twice", "The same twice in a row: the books hold five replicas then, of which three are there", on, hold)
	twice.Steps, twice.Takes = append(twice.Steps, scenario.Step{After: 10 * time.Second, Hold: 20 * time.Second, Fault: slave}), 2*time.Minute
	books := ha("controllers-emptied", "All controllers lose their disks at once: nobody knows any more who was elected, and the master goes on", on,
		scenario.Step{Hold: 30 * time.Second, Fault: disk.LoseStore{Target: chaos.Controllers.All(), Store: disk.ControllerStore}})
	amid := ha("kill-master-and-leader", "The pods of the master and of the leading controller are deleted by force at once: another controller has to elect", on,
		scenario.Step{Hold: 30 * time.Second, Fault: compound.Together{pods.Kill{Target: chaos.Masters.One().In(electedGroup)}, pods.Kill{Target: chaos.Leader.One()}}})
	amid.Claims = kept(elects()...)
	for _, s := range []*scenario.Scenario{&once, &twice, &books} {
		s.Spoils, s.Claims = true, kept(append(serves(electedResume), claims.InSyncAgainWithin(electedResume), claims.MetadataKept(), claims.OffsetsKept(offsetsWithin))...)
	}
	return []scenario.Scenario{amid, once, twice, books}
}
