package rules

import (
	"strings"

	"github.com/rmqproof/rmqproof/audit/model"
)

// acknowledgement: what a producer's SEND_OK is worth.
var acknowledgement = []Rule{
	{
		ID: "sync-master-without-ack", Severity: Error, Title: "SYNC_MASTER that waits for no slave",
		Explain: "In the fifth version brokerRole=SYNC_MASTER waits for inSyncReplicas copies, and its default of 1 counts the " +
			"master itself. The master answers before any slave has the message; when its node goes down the last messages " +
			"that were acknowledged are gone.",
		Source:  "docs/en/QuorumACK.md (compatibility); measured: with no slave running every send was acknowledged",
		Example: Example{On: "static", Sound: "inSyncReplicas=2\n    totalReplicas=2", Broken: "totalReplicas=2"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				b := g.Leader()
				role, _ := b.Text("brokerRole")
				if ack := g.Ack(); ack.Known && b.Mode == model.Static && role == "SYNC_MASTER" && fifth(b.Version()) && ack.Copies < 2 && !b.Is("enableAutoInSyncReplicas") {
					r.report(b.Workload.Object, b.Where("brokerRole"), "inSyncReplicas=2\ntotalReplicas=2",
						"Group %s: brokerRole=SYNC_MASTER with inSyncReplicas=1 acknowledges before the slave has the message; a crash of the master's node loses what was acknowledged last.", g.Name)
				}
			})
		},
	},
	{
		ID: "async-flush-one-copy", Severity: Warning, Title: "Acknowledged from the memory of one node",
		Explain: "ASYNC_FLUSH acknowledges when the message is in the page cache. A broker that is killed loses nothing, but a " +
			"node that loses power or whose kernel fails loses what was not yet written: up to half a second of messages " +
			"under load, up to ten seconds at the worst.",
		Source:  "MessageStoreConfig: flushIntervalCommitLog=500, flushCommitLogThoroughInterval=10000; measured: 286 and 752 ms lost",
		Example: Example{On: "static", Sound: "brokerRole=SYNC_MASTER\n    flushDiskType=SYNC_FLUSH", Broken: "brokerRole=ASYNC_MASTER\n    flushDiskType=ASYNC_FLUSH"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				b := g.Leader()
				role, _ := b.Text("brokerRole")
				flush, known := b.Text("flushDiskType")
				if ack := g.Ack(); ack.Known && known && flush == "ASYNC_FLUSH" && ack.Copies < 2 && b.Mode == model.Static && b.Role == model.Master && role != "SYNC_MASTER" {
					r.report(b.Workload.Object, b.Where("flushDiskType"), "flushDiskType=SYNC_FLUSH\nor "+waits(b)+" and a slave on another node",
						"Group %s acknowledges what is only in the memory of one node: a power loss there loses half a second of acknowledged messages under load, 10 s and more at the worst.", g.Name)
				}
			})
		},
	},
	{
		ID: "async-replication", Severity: Warning, Title: "A slave that the acknowledgement does not wait for",
		Explain: "ASYNC_MASTER answers before the slave has the message. When the master's volume is lost, the slave lacks the " +
			"last messages that were acknowledged.",
		Source:  "RocketMQ docs: deployment, asynchronous replication",
		Example: Example{On: "static", Sound: "brokerRole=SYNC_MASTER", Broken: "brokerRole=ASYNC_MASTER"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				b := g.Leader()
				role, known := b.Text("brokerRole")
				if known && b.Mode == model.Static && b.Role == model.Master && role == "ASYNC_MASTER" && len(g.Slaves()) > 0 && g.Known() {
					r.report(b.Workload.Object, b.Where("brokerRole"), strings.ReplaceAll(waits(b), " with ", "\n"),
						"Group %s: the slave may lack the last acknowledged messages when the master's volume is lost.", g.Name)
				}
			})
		},
	},
	{
		ID: "controller-weak-ack", Severity: Error, Title: "Controller mode that acknowledges before the copies have the message",
		Explain: "Without allAckInSyncStateSet the master answers when inSyncReplicas copies have the message, by default itself " +
			"alone. The controller may then elect another in-sync broker that lacks it. Every failover, a roll included, can " +
			"lose acknowledged messages.",
		Source:  "RocketMQ docs: controller/deploy.md; CommitLog.needHandleHA; apache/rocketmq#7017",
		Example: Example{On: "controller", Sound: "allAckInSyncStateSet=true", Broken: "allAckInSyncStateSet=false"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				b := g.Leader()
				if ack := g.Ack(); ack.Known && b.Mode == model.Controlled && !ack.Every {
					r.report(b.Workload.Object, b.Where("allAckInSyncStateSet"), "allAckInSyncStateSet=true\nminInSyncReplicas=2\ninSyncReplicas=2",
						"Group %s acknowledges with %s while any in-sync broker may be elected: a failover can lose acknowledged messages.", g.Name, plural(ack.Copies, "copy", "copies"))
				}
			})
		},
	},
	{
		ID: "controller-min-in-sync-one", Severity: Error, Title: "Controller mode that goes on with a single copy",
		Explain: "With minInSyncReplicas=1 a master whose slaves have fallen behind acknowledges alone. When it is lost in that " +
			"state, its messages are gone; when it is only down, nobody else may be elected and the group stands still.",
		Source:  "RocketMQ docs: controller/deploy.md, minInSyncReplicas",
		Example: Example{On: "controller", Sound: "minInSyncReplicas=2", Broken: "minInSyncReplicas=1"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				b := g.Leader()
				if n, ok := b.Int("minInSyncReplicas"); ok && b.Known && b.Mode == model.Controlled && n < 2 {
					r.report(b.Workload.Object, b.Where("minInSyncReplicas"), "minInSyncReplicas=2", "Group %s acknowledges with the master's copy alone when its slaves have fallen behind.", g.Name)
				}
			})
		},
	},
	{
		ID: "unclean-election", Severity: Error, Title: "A controller that may elect a broker without the last messages",
		Explain: "With enableElectUncleanMaster the controller makes a broker master that was not in sync when no in-sync one " +
			"is left. What it lacks is cut off everywhere, acknowledged or not.",
		Source:  "RocketMQ docs: controller/deploy.md, enableElectUncleanMaster",
		Example: Example{On: "controller", Sound: "enableElectUncleanMaster=false", Broken: "enableElectUncleanMaster=true"},
		check: func(r *run) {
			for _, c := range r.Clusters {
				for _, p := range c.Controllers {
					if i := p.Instances[0]; i.Is("enableElectUncleanMaster") {
						r.report(p.Workload.Object, i.Where("enableElectUncleanMaster"), "enableElectUncleanMaster=false", "A broker that lacks acknowledged messages may be made master; they are then cut off on all copies.")
					}
				}
			}
		},
	},
	{
		ID: "in-sync-unreachable", Severity: Error, Title: "More copies asked for than there are brokers",
		Stops: true,
		Explain: "Every send waits for copies that do not exist and ends in FLUSH_SLAVE_TIMEOUT, or is refused with \"in-sync " +
			"replicas not enough\".",
		Source:  "RocketMQ source: CommitLog.asyncPutMessage, needAckNums",
		Example: Example{On: "static", Sound: "inSyncReplicas=2\n    totalReplicas=2", Broken: "inSyncReplicas=3\n    totalReplicas=3"},
		check:   inSyncUnreachable,
	},
	{
		ID: "auto-in-sync-degrades", Severity: Warning, Title: "Copies that are given up without a word",
		Explain: "enableAutoInSyncReplicas lowers the number of copies to those that are alive, down to minInSyncReplicas. With " +
			"1 the master acknowledges alone as soon as its slave is away, and the producer cannot tell.",
		Source: "docs/en/QuorumACK.md; CommitLog.calcNeedAckNums",
		Example: Example{On: "static", Sound: "inSyncReplicas=2\n    totalReplicas=2",
			Broken: "inSyncReplicas=2\n    totalReplicas=2\n    enableSlaveActingMaster=true\n    enableAutoInSyncReplicas=true"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				b := g.Leader()
				wanted, _ := b.Int("inSyncReplicas")
				least, ok := b.Int("minInSyncReplicas")
				if b.Mode == model.Static && ok && wanted > 1 && least < 2 && b.Is("enableAutoInSyncReplicas") && b.Is("enableSlaveActingMaster") {
					r.report(b.Workload.Object, b.Where("enableAutoInSyncReplicas"), "minInSyncReplicas=2, or enableAutoInSyncReplicas=false",
						"Group %s goes on acknowledging with one copy while its slave is away.", g.Name)
				}
			})
		},
	},
	{
		ID: "acting-master-half", Severity: Warning, Title: "An acting master that the NameServers do not know of",
		Explain: "enableSlaveActingMaster needs supportActingMaster on the NameServers. Without it they do not name the slave in " +
			"place of its master, and consumers stand still until the master is back.",
		Source:  "docs/en/SlaveActingMasterMode.md",
		Example: Example{On: "static", Sound: "inSyncReplicas=2\n    totalReplicas=2", Broken: "inSyncReplicas=2\n    totalReplicas=2\n    enableSlaveActingMaster=true"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				b := g.Leader()
				if b.Is("enableSlaveActingMaster") && len(g.Cluster.NameServers) > 0 && !g.ActingMaster() && configured(g.Cluster.NameServers) {
					r.report(b.Workload.Object, b.Where("enableSlaveActingMaster"), "supportActingMaster=true in the file of every NameServer",
						"Group %s has enableSlaveActingMaster=true, but no NameServer has supportActingMaster=true: no slave takes over.", g.Name)
				}
			})
		},
	},
	{
		ID: "transient-pool", Severity: Error, Title: "Messages that are acknowledged from the process's own memory",
		Explain: "transientStorePoolEnable keeps new messages in memory outside the page cache until they are copied to the file. " +
			"A broker that is killed, by a roll or for its memory, loses them although they were acknowledged.",
		Source:  "RocketMQ source: DefaultMappedFile, TransientStorePool; apache/rocketmq#7523",
		Example: Example{On: "masters", Sound: "flushDiskType=SYNC_FLUSH", Broken: "flushDiskType=ASYNC_FLUSH\n    transientStorePoolEnable=true"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				if b.Is("transientStorePoolEnable") && b.SyncFlush() && !fifth(b.Version()) {
					r.as(Info).report(b.Workload.Object, b.Where("transientStorePoolEnable"), "transientStorePoolEnable=false",
						"transientStorePoolEnable=true has no effect beside SYNC_FLUSH in %s.", b.Version())
				}
				if b.Is("transientStorePoolEnable") && b.Role != model.Slave && !b.SyncFlush() {
					run := r
					if b.Mode != model.Static && b.Group.Ack().Copies > 1 {
						run = r.as(Warning) // another broker has what this one loses
					}
					run.report(b.Workload.Object, b.Where("transientStorePoolEnable"), "transientStorePoolEnable=false",
						"transientStorePoolEnable=true: a broker that is killed loses messages that it had acknowledged; its node need not fail for that.")
				}
			})
		},
	},
	{
		ID: "flush-at-ease", Severity: Info, Title: "Copies in memory only",
		Explain: "Every copy of an acknowledged message is in some node's memory. The loss of one node loses nothing; a loss of " +
			"power in all of them at once loses up to the flush interval.",
		Source:  "MessageStoreConfig: flushIntervalCommitLog=500",
		Example: Example{On: "static", Sound: "brokerRole=SYNC_MASTER\n    flushDiskType=SYNC_FLUSH", Broken: "brokerRole=SYNC_MASTER\n    flushDiskType=ASYNC_FLUSH"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				b := g.Leader()
				flush, known := b.Text("flushDiskType")
				if ack := g.Ack(); ack.Known && known && flush == "ASYNC_FLUSH" && ack.Copies > 1 {
					r.report(b.Workload.Object, b.Where("flushDiskType"), "flushDiskType=SYNC_FLUSH, when all nodes can lose power together",
						"Group %s keeps an acknowledged message on %d nodes, in memory: a power loss of all of them loses what was not yet written.", g.Name, ack.Copies)
				}
			})
		},
	},
	{
		ID: "status-after-timeout", Severity: Info, Title: "A status that no client waits for",
		Explain: "A client gives up after 3 s by default. A broker that waits as long for its slave or longer for its disk answers " +
			"FLUSH_SLAVE_TIMEOUT or FLUSH_DISK_TIMEOUT too late: the producer sees a time-out and cannot tell why.",
		Source:  "apache/rocketmq#5657; MessageStoreConfig: slaveTimeout=3000, syncFlushTimeout=5000",
		Example: Example{On: "static", Sound: "slaveTimeout=2000", Broken: "slaveTimeout=3000"},
		check:   statusAfterTimeout,
	},
}

// waits is how a master of the release waits for its slave.
func waits(b *model.Broker) string {
	if fifth(b.Version()) {
		return "brokerRole=SYNC_MASTER with inSyncReplicas=2"
	}
	return "brokerRole=SYNC_MASTER"
}

// configured says whether the settings of processes could be read.
func configured(processes []*model.Process) bool {
	for _, p := range processes {
		if p.Instances[0].Config.Unknown != "" {
			return false
		}
	}
	return true
}

func inSyncUnreachable(r *run) {
	r.groups(func(g *model.Group) {
		b := g.Leader()
		key := "inSyncReplicas"
		if b.Mode == model.Controlled {
			key = "minInSyncReplicas"
		}
		role, _ := b.Text("brokerRole")
		n, ok := b.Int(key)
		waits := b.Mode == model.Controlled || b.Mode == model.Static && role == "SYNC_MASTER" && fifth(b.Version())
		if ok && waits && g.Known() && n > len(g.Brokers) && b.Identified {
			r.report(b.Workload.Object, b.Where(key), set(key, min(2, len(g.Brokers)))+", or more brokers in the group",
				"Group %s asks for %d copies (%s) and has %s: no send succeeds.", g.Name, n, key, plural(len(g.Brokers), "broker", "brokers"))
		}
	})
}

// clientTimeout is how long the clients of RocketMQ wait for a send by default, in milliseconds.
const clientTimeout = 3000

func statusAfterTimeout(r *run) {
	r.groups(func(g *model.Group) {
		b := g.Leader()
		var late []string
		if n, ok := b.Int("slaveTimeout"); ok && g.Ack().Copies > 1 && b.Mode != model.DLedger && n >= clientTimeout {
			late = append(late, "slaveTimeout=2000")
		}
		if n, ok := b.Int("syncFlushTimeout"); ok && b.SyncFlush() && n >= clientTimeout {
			late = append(late, "syncFlushTimeout=2000")
		}
		if len(late) > 0 && b.Known {
			key, _, _ := strings.Cut(late[0], "=")
			r.report(b.Workload.Object, b.Where(key), strings.Join(late, "\n"), "Group %s: the broker waits as long as a client's default of 3 s or longer, so that producers see time-outs in place of the status.", g.Name)
		}
	})
}
