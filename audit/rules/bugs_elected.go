package rules

import (
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// electedBugs are those of groups whose master is elected. The first release is that of the feature where the issue does
// not name one.
var electedBugs = []bug{
	{
		id: "9403", severity: Error, title: "Topics with attributes vanish from copies",
		harm:  "a topic with an attribute such as message.type=FIFO, anywhere in the group, empties the topics of every copy at its next sync; after a failover they are gone for good (measured on 5.3.3: 148 of 148 messages unreadable)",
		first: "5.3.2", last: "5.3.3", fixed: "5.3.4", hits: elected, loses: failovers(), on: "controller",
	},
	{
		id: "9984", severity: Warning, title: "Every sync deletes all topics of the copies for a moment",
		harm:  "the copies delete all topics and subscription groups and take them anew at each sync; a broker that is promoted meanwhile serves none of them until it has put them back, and for good when it dies in between",
		first: "5.3.2", last: "5.4.0", fixed: "5.5.0", hits: elected, on: "controller",
	},
	{
		id: "7689", severity: Error, title: "Messages lost when controller leader and master fail together",
		harm:  "after such a failover two messages share an offset of the consume queue, and one is not delivered",
		first: "5.0.0", last: "5.1.4", fixed: "5.2.0", hits: controlled, loses: []promise.Failure{promise.GroupLost, promise.PowerAll}, on: "controller",
	},
	{
		id: "5663", severity: Error, title: "Messages lost while the set of in-sync copies grows",
		harm:  "a copy that joins is counted before it has everything; when it is elected, acknowledged messages are cut off",
		first: "5.0.0", last: "5.1.0", fixed: "5.1.1", hits: controlled, loses: failovers(), on: "controller",
	},
	{
		id: "6662", severity: Error, title: "A wrong confirmed offset under a partition",
		harm:  "consumers read, or fail to read, what is not yet on all copies; after the partition offsets go back",
		first: "5.0.0", last: "5.1.0", fixed: "5.1.1", hits: controlled, loses: failovers(), on: "controller",
	},
	{
		id: "6344", severity: Warning, title: "Queue offsets given twice when the same master is elected again",
		harm:  "after all controllers were away the master that is elected again counts its queues anew while sends are under way: two messages share an offset",
		first: "5.0.0", last: "5.1.0", fixed: "5.1.1", hits: controlled, on: "controller",
	},
	{
		id: "6316", severity: Warning, title: "NameServers believe whichever of two masters registered last",
		harm:  "a master that is cut off from the controllers and not from the NameServers goes on registering, and clients are led to it and to the new one by turns",
		first: "5.0.0", last: "5.1.0", fixed: "5.1.1", hits: controlled, on: "controller",
	},
	{
		id: "6382", severity: Warning, title: "An election that fails is not tried again",
		harm:  "when the controllers' leader is lost together with a master, the group may stay without one",
		first: "5.0.0", last: "5.1.0", fixed: "5.1.1", hits: controlled, on: "controller",
	},
	{
		id: "6873", severity: Warning, title: "Brokers forget the controllers when DNS does not answer",
		harm:  "a lookup that fails empties the list of controllers (fetchControllerAddrByDnsLookup): no broker finds one until DNS is back",
		first: "5.0.0", last: "5.2.0", fixed: "5.3.0", hits: func(g *model.Group) bool { return controlled(g) && g.Leader().Is("fetchControllerAddrByDnsLookup") }, on: "controller",
		also: []Change{{"enableControllerMode=true\n", "enableControllerMode=true\n    fetchControllerAddrByDnsLookup=true\n"}},
	},
	{
		id: "5745", severity: Error, title: "Brokers are known to the controller by their address",
		harm:  "a pod that is moved has a new address and counts as another broker: it can never be in sync again under its old id",
		first: "5.0.0", last: "5.1.0", fixed: "5.1.1", hits: controlled, loses: []promise.Failure{promise.NodeLost, promise.VolumeLost}, on: "controller",
	},
	{
		id: "7219", severity: Warning, title: "The set of in-sync copies shrinks while it grows",
		harm:  "two changes at once leave a set that is not right; elections choose from it",
		first: "5.0.0", last: "5.1.3", fixed: "5.1.4", hits: controlled, on: "controller",
	},
	{
		id: "6926", severity: Error, title: "A broker in controller mode does not start", harm: "it ends at the start",
		first: "5.1.2", last: "5.1.2", fixed: "5.1.3", hits: controlled, stops: true, on: "controller",
	},
	{
		id: "9689", severity: Error, title: "Replication stands still because the master does not find its epoch",
		harm:  "no copy is in sync any more once the log files of an old epoch have expired; with minInSyncReplicas=2 every send is refused until somebody acts",
		first: "5.2.0", last: "5.3.3", fixed: "5.3.4", hits: controlled, loses: []promise.Failure{promise.VolumeLost, promise.NodeLost}, on: "controller",
	},
	{
		id: "9897", severity: Warning, title: "Two slow copies stop sends for much longer than their time-out",
		harm:  "of two copies that fall behind at once one is put back into the set: FLUSH_SLAVE_TIMEOUT for far more than the 20 s after which slow copies should be left out",
		first: "5.0.0", last: "5.3.4", fixed: "5.4.0", hits: func(g *model.Group) bool { return controlled(g) && len(g.Brokers) > 2 }, on: "controller",
	},
	{
		id: "9942", severity: Warning, title: "Epochs that do not match after a cut",
		harm:  "a copy that was cut back does not find the common epoch and copies from the wrong place",
		first: "5.0.0", last: "5.3.4", fixed: "5.4.0", hits: controlled, on: "controller",
	},
	{
		id: "9206", severity: Warning, title: "Topics of copies that are not logged in RocksDB",
		harm:  "topics that a copy takes from its master are not logged (storeType=defaultRocksDB): after a promotion and a restart of all they are gone",
		first: "5.1.4", last: "5.3.1", fixed: "5.3.2", on: "controller",
		hits: func(g *model.Group) bool {
			kind, _ := g.Leader().Text("storeType")
			return elected(g) && kind == "defaultRocksDB"
		},
		also: []Change{{"enableControllerMode=true\n", "enableControllerMode=true\n    storeType=defaultRocksDB\n"}},
	},
	{
		id: "9717", severity: Warning, title: "A jRaft controller never looks for hung brokers",
		harm:  "a master that is stopped or cut off without a closed connection stays master for two minutes, so that no other is elected",
		first: "5.2.0", last: "5.3.3", fixed: "5.3.4", hits: jRaft, on: "jraft",
	},
	{
		id: "10875", severity: Info, title: "A new jRaft leader forgets to elect for masters that are already gone",
		harm:  "a master that died together with the leading controller is not replaced",
		first: "5.2.0", last: "5.5.0", fixed: "5.5.1", hits: jRaft, on: "jraft",
	},
	{
		id: "10578", severity: Info, title: "An overflow when the candidates' offsets are compared",
		harm:  "with logs more than 2 GiB apart the wrong copy can be elected",
		first: "5.0.0", last: "5.5.0", fixed: "5.5.1", hits: controlled, on: "controller",
	},
	{
		id: "10666", severity: Info, title: "A cut of a copy's log is not safe against a crash",
		harm:  "a broker that crashes while it cuts back its log can start with a damaged one",
		first: "5.0.0", last: "5.5.0", hits: controlled, on: "controller",
	},
	{
		id: "6509", severity: Warning, title: "A broker that serves before its role is known",
		harm:  "a broker in controller mode that starts while no controller answers serves as the master that brokerRole makes it: what it acknowledges is cut off later",
		first: "5.0.0", last: "5.1.0", fixed: "5.1.1", on: "controller", workaround: "brokerRole=SLAVE", loses: []promise.Failure{promise.GroupLost, promise.PowerAll},
		hits: func(g *model.Group) bool {
			role, known := g.Leader().Text("brokerRole")
			return controlled(g) && known && role != "SLAVE"
		},
		also: []Change{{"brokerRole=SLAVE\n", "brokerRole=ASYNC_MASTER\n"}},
	},
	{
		id: "7283", severity: Info, title: "A lowest offset that is wrong after a failed delete in DLedger mode",
		harm:  "when an old file is still being read its deletion fails, and consumers are told a lowest offset that is not there",
		first: "5.0.0", last: "5.1.3", fixed: "5.1.4", hits: raft, on: "dledger",
	},
	{
		id: "8032", severity: Warning, title: "A DLedger broker that was killed builds all its queues anew",
		harm:  "after a kill recovery believes none of the queues and builds them from the whole log before the broker serves: a start as long as the log is large",
		first: "5.2.0", last: "5.2.0", fixed: "5.3.0", hits: raft, on: "dledger",
	},
	{
		id: "7355", severity: Error, title: "The end of the consume queue is lost after a crash in DLedger mode",
		harm:  "the last messages before the crash are not delivered",
		first: "5.0.0", last: "5.1.4", fixed: "5.2.0", hits: raft, loses: promise.Power(), on: "dledger",
	},
	{
		id: "7626", severity: Warning, title: "Topics become read-only in DLedger mode", harm: "sends to them are refused after the leader was away",
		first: "5.0.0", last: "5.1.4", fixed: "5.2.0", hits: raft, on: "dledger",
	},
}
