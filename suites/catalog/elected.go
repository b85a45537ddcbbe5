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

// electedResume is longer than with fixed masters: the controllers notice a dead master after its heartbeats have timed
// out, and the elected one refuses until a second replica is in sync. 18 to 37 s were measured.
const electedResume = 60 * time.Second

// electedScenarios run on clusters of other modes. Each is deployed anew, and so they come last.
func electedScenarios(v Versions) []scenario.Scenario {
	all := []scenario.Scenario{
		masterKilled("controller-kill-master", "The elected master's pod is deleted by force; an in-sync slave takes over",
			topology.Spec{Overlay: "controller", Version: v.To}),
		masterKilled("standalone-kill-master", "The same with controllers outside of the NameServers",
			topology.Spec{Overlay: "controller-standalone", Version: v.To}),
		mode("controller-kill-leader", "The leading controller's pod is deleted by force, and with it a NameServer; no master changes",
			topology.Spec{Overlay: "controller", Version: v.To}, pods.Kill{Target: chaos.Leader.One()}),
		masterKilled("acting-kill-master", "A master's pod is deleted by force; a slave acts for it towards consumers, and sends wait for it",
			topology.Spec{Overlay: "acting-master", Version: v.To}),
		dledgerKillMaster(v),
		masterKilled("proxy-kill-master", "A master's pod is deleted by force while proxies stand in front; the load goes past them",
			topology.Spec{Overlay: "proxy", Version: v.To}),
		mode("proxy-kill-proxy", "A proxy's pod is deleted by force: nobody who goes past it may notice, and another takes its place",
			topology.Spec{Overlay: "proxy", Version: v.To}, pods.Kill{Target: chaos.Proxies.One()}),
		masterKilled("proxy-local-kill-master", "A master's pod is deleted by force, and with it the proxy in its process; the load goes past proxies",
			topology.Spec{Overlay: "proxy-local", Version: v.To}),
		masterKilled("rocksdb-kill-master", "A master's pod is deleted by force; its consume queues and all that it knows beside messages are in RocksDB",
			topology.Spec{Overlay: "rocksdb", Version: v.To}),
		masterKilled("tiered-kill-master", "A master's pod is deleted by force while it copies messages to a second storage",
			topology.Spec{Overlay: "tiered", Version: tieredRelease}),
		zombieElected(v),
		clocksElected(v),
	}
	for i := range all[:2] {
		all[i].Claims = kept(elects()...)
	}
	return all
}

// electWithin: the controllers notice a master that falls silent after 10 s, look for such every 5 s, and are themselves slow on a
// busy machine. 2 to 8 s were measured where its connection closes, 10 to 15 s where it stays open.
const electWithin = 30 * time.Second

// elects are the claims where another master has to be elected: nothing of the former one's is lost, and the group is whole again.
func elects() []verify.Claim {
	return append(serves(electedResume), claims.NoTruncation(), claims.ElectsWithin(electWithin), claims.WritableWithin(electedResume),
		claims.InSyncAgainWithin(electedResume), claims.MetadataKept(), claims.OffsetsKept(offsetsWithin))
}

// offsetsWithin: a slave has its master's committed offsets of 13 s ago at worst, by when it looks, and is asked every second.
const offsetsWithin = 20 * time.Second

// tieredRelease is a release that has tiered storage by the names that the overlay states, and whose slaves keep their topics.
const tieredRelease = "5.5.0"

// dledgerKillMaster says nothing of replicas in sync: such brokers keep no books of them.
func dledgerKillMaster(v Versions) scenario.Scenario {
	s := masterKilled("dledger-kill-master", "The pod of a Raft group's leader is deleted by force; the others elect one of them",
		topology.Spec{Overlay: "dledger", Version: v.To})
	s.Claims = kept(append(serves(electedResume), claims.NoTruncation(), claims.ElectsWithin(electWithin), claims.WritableWithin(electedResume),
		claims.MetadataKept(), claims.OffsetsKept(offsetsWithin))...)
	return s
}

// masterKilled is a mode in which a master's pod is deleted by force.
func masterKilled(name, title string, on topology.Spec) scenario.Scenario {
	return mode(name, title, on, pods.Kill{Target: chaos.Masters.One()})
}

// mode is a scenario on a cluster of another mode than the fixed masters.
func mode(name, title string, on topology.Spec, f chaos.Fault) scenario.Scenario {
	return scenario.Scenario{
		Name: name, Title: title, Labels: []string{"mode", "pod"}, On: on, Load: steady, Takes: 100 * time.Second,
		Steps:  []scenario.Step{{Hold: 20 * time.Second, Fault: f}},
		Claims: kept(serves(electedResume)...),
	}
}
