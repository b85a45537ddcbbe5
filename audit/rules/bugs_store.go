package rules

import (
	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// storeBugs are those of any mode that a release has repaired.
var storeBugs = []bug{
	{
		id: "6570", shown: "6570", severity: Error, title: "A refused message shifts every later offset of its queue",
		harm:  "a message that is refused for its size counts in its queue's offsets: later acknowledgements name an offset that is not the message's, after a restart two messages have the same one, and consumers skip as many as were refused (measured on 5.1.0)",
		first: "5.0.0", last: "5.1.0", fixed: "5.1.1", leads: true, loses: restarts(), on: "masters",
	},
	{
		id: "6283", shown: "6283", severity: Error, title: "transientStorePoolEnable writes nothing",
		harm:  "with transientStorePoolEnable outside controller mode nothing that is acknowledged reaches the file (measured: 1,019 of 1,019 messages unreadable)",
		first: "5.1.0", last: "5.1.0", fixed: "5.1.1", leads: true, loses: promise.All(), on: "masters", workaround: "transientStorePoolEnable=false",
		hits: func(g *model.Group) bool { return !controlled(g) && g.Leader().Is("transientStorePoolEnable") },
		also: []Change{{"autoCreateTopicEnable=false\n", "autoCreateTopicEnable=false\n    transientStorePoolEnable=true\n"}},
	},
	{
		id: "7523", shown: "7523", severity: Error, title: "transientStorePoolEnable with SYNC_FLUSH never succeeds", harm: "every send ends in FLUSH_DISK_TIMEOUT",
		first: "5.0.0", last: "5.1.4", fixed: "5.2.0", leads: true, stops: true, on: "masters", workaround: "transientStorePoolEnable=false",
		hits: func(g *model.Group) bool { return g.Leader().SyncFlush() && g.Leader().Is("transientStorePoolEnable") },
		also: []Change{{"autoCreateTopicEnable=false\n", "autoCreateTopicEnable=false\n    transientStorePoolEnable=true\n"}},
	},
	{
		id: "8239", severity: Error, title: "One copy and SYNC_FLUSH still loses after a crash",
		harm:  "consumers read messages before they are on the disk, and the queue then points behind the end of the log",
		first: "5.0.0", last: "5.2.0", fixed: "5.3.0", leads: true, hits: alone, loses: promise.Power(), on: "masters",
	},
	{
		id: "2706", shown: "9713", severity: Error, title: "A disk that fails is acknowledged",
		harm:  "an error while writing to the disk is logged and the send answered SEND_OK; the slave of a static group that has the message does not become master, and the master leads again with less (measured: 1,074 of 1,662 acknowledged messages lost on 5.2.0, 2,794 of 15,032 on 5.1.0 with a second copy)",
		first: "4.0.0", last: "5.3.3", fixed: "5.3.4", leads: true, hits: leadsAgain, loses: []promise.Failure{promise.DiskFailing}, on: "masters",
	},
	{
		id: "9705", severity: Warning, title: "Metadata files are empty after a power loss",
		harm:  "topics.json or consumerOffset.json can be empty or damaged; messages are there, and no topic leads to them until it is made anew (measured on 5.2.0)",
		first: "4.0.0", last: "5.3.3", fixed: "5.3.4", leads: true, on: "masters",
	},
	{
		id: "checkpoint-ahead", shown: "N1", severity: Warning, title: "SYNC_FLUSH that does not keep everything through a power loss",
		harm:  "after a power loss recovery believes queues that were not synced yet: what lies in a finished log file and got its place in a queue within the last minute is in the log and in no queue, although SYNC_FLUSH acknowledged it (measured on 5.1.0 to 5.4.0)",
		first: "5.1.0", last: "5.4.0", fixed: "5.5.0", leads: true, on: "masters", hits: func(g *model.Group) bool { return g.Leader().SyncFlush() },
		source: "apache/rocketmq#10073 describes the cause; measured: none of 8,330 messages at its offset after a power loss on 5.1.0, 5.3.3 and 5.4.0, all of 8,305 on 5.5.0",
	},
	{
		id: "9249", shown: "9249", severity: Warning, title: "A delayed message that cannot be stored is skipped",
		harm:  "a message of a delay level that comes due while the broker refuses writes (a full disk, a master that is acted for) is skipped and never delivered (measured on 5.2.0: 159 of 159)",
		first: "5.0.0", last: "5.3.2", fixed: "5.3.3", loses: []promise.Failure{promise.DiskFull}, leads: true, on: "masters",
	},
	{
		id: "9728", severity: Info, title: "A first start after a power loss that ends with an error",
		harm:  "a consume queue whose last file is empty after a power loss ends the first start with code 253; the second works",
		first: "5.1.0", last: "5.3.3", fixed: "5.4.0", on: "masters",
	},
	{
		id: "6904", severity: Warning, title: "A file of length 0 stops the start",
		harm:  "a log or queue file that a power loss left empty keeps the broker from starting until somebody removes it",
		first: "5.0.0", last: "5.1.2", fixed: "5.1.3", on: "masters",
	},
	{
		id: "6881", severity: Warning, title: "A slow start delivers all delayed messages again",
		harm:  "a start that takes more than 10 s before the store is loaded overwrites the progress of delayed messages: all of them within the retention are delivered again (measured on 5.1.0: 200 of 200)",
		first: "5.0.0", last: "5.1.1", fixed: "5.1.2", leads: true, on: "masters",
	},
	{
		id: "7914", severity: Warning, title: "A message that is popped and not acknowledged may never come back",
		harm:  "clients of the fifth version's protocol get their messages by POP; one that was stored while the pop ran and is not acknowledged is not delivered again",
		first: "5.0.0", last: "5.2.0", fixed: "5.3.0", leads: true, on: "masters", hits: popped,
		also: []Change{localProxy},
	},
	{
		id: "8835", severity: Warning, title: "A part of a POP that is acknowledged in the buffer is delivered again",
		harm:  "with enablePopBufferMerge an acknowledgement of a part lacks the broker's name, and all of the batch is delivered again",
		first: "5.0.0", last: "5.3.2", fixed: "5.3.3", leads: true, on: "masters", hits: on("enablePopBufferMerge"), workaround: "enablePopBufferMerge=false",
		also: []Change{{"autoCreateTopicEnable=false\n", "autoCreateTopicEnable=false\n    enablePopBufferMerge=true\n"}},
	},
	{
		id: "6518", severity: Error, title: "Consume queues that threads write over one another",
		harm:  "with enableBuildConsumeQueueConcurrently threads share one buffer's position: queues point at the wrong messages",
		first: "5.0.0", last: "5.1.0", fixed: "5.1.1", on: "masters", hits: on("enableBuildConsumeQueueConcurrently"), loses: promise.All(), workaround: "enableBuildConsumeQueueConcurrently=false",
		also: []Change{{"autoCreateTopicEnable=false\n", "autoCreateTopicEnable=false\n    enableBuildConsumeQueueConcurrently=true\n"}},
	},
	{
		id: "7601", severity: Warning, title: "A slave that acts as master sends one timed message for ever",
		harm:  "with enableRemoteEscape the timer of the acting master takes the answer of another group for an error and sends the message again without end; what is due later waits behind it",
		first: "5.0.0", last: "5.1.4", fixed: "5.2.0", on: "masters", workaround: "enableRemoteEscape=false",
		hits: escapes, also: []Change{acting},
	},
	{
		id: "9879", severity: Warning, title: "A slave that cannot stand in for its master",
		harm:  "the slave of a static group loses topics at a sync; while the master is away its backlog cannot be read from the slave",
		first: "5.3.3", last: "5.3.4", fixed: "5.5.0", hits: followed, on: "single",
	},
	{
		id: "9182", severity: Error, title: "A NameServer that answers one query and then none",
		harm:  "with needWaitForService a NameServer answers one route query after its 45 s and refuses all others until it is restarted: clients that start find no route",
		first: "5.1.0", last: "5.3.1", fixed: "5.3.2", role: keys.NameServer, stops: true, on: "controller", workaround: "needWaitForService=false",
		hits: func(g *model.Group) bool {
			for _, p := range g.Cluster.NameServers {
				if p.Instances[0].Is("needWaitForService") {
					return true
				}
			}
			return false
		},
		also: []Change{{"listenPort=9876\n", "listenPort=9876\n    needWaitForService=true\n"}},
	},
}

// popped says whether clients reach the group through a proxy.
func popped(g *model.Group) bool { return len(g.Cluster.Proxies) > 0 || g.Leader().Launch.LocalProxy }
