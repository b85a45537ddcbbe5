package rules

import (
	"fmt"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// bug is a defect of releases that loses messages or takes a cluster down.
type bug struct {
	issue       int
	severity    Severity
	title, harm string
	// first and last are the releases that have it; fixed is the first without it, "" when there is none yet.
	first, last, fixed string
	// hits says whether the group's mode is affected.
	hits func(*model.Group) bool
	// on and from are the layout and the release of the example.
	on string
}

// bugs are those that a layout can tell, from the project's issues; the first release is that of the feature where the
// issue does not name one.
var bugs = []bug{
	{9403, Error, "Topics with attributes vanish from copies", "a topic with an attribute such as message.type=FIFO, anywhere in the group, empties the topics of every copy at its next sync; after a failover they are gone for good (measured on 5.3.3: 148 of 148 messages unreadable)", "5.3.2", "5.3.3", "5.3.4", elected, "controller"},
	{9984, Error, "Every change of a topic deletes all topics of the copies", "the copies delete all topics and subscription groups and take them anew at each change; a failover in between promotes a broker without topics", "5.3.2", "5.4.0", "5.5.0", elected, "controller"},
	{9879, Warning, "A slave that cannot stand in for its master", "the slave of a static group loses topics at a sync; while the master is away its backlog cannot be read from the slave", "5.3.3", "5.3.4", "5.5.0", standingIn, "single"},
	{7689, Error, "Messages lost when controller leader and master fail together", "after such a failover two messages share an offset of the consume queue, and one is not delivered", "5.0.0", "5.1.4", "5.2.0", controlled, "controller"},
	{5663, Error, "Messages lost while the set of in-sync copies grows", "a copy that joins is counted before it has everything; when it is elected, acknowledged messages are cut off", "5.0.0", "5.1.0", "5.1.1", controlled, "controller"},
	{6662, Error, "A wrong confirmed offset under a partition", "consumers read, or fail to read, what is not yet on all copies; after the partition offsets go back", "5.0.0", "5.1.0", "5.1.1", controlled, "controller"},
	{5745, Error, "Brokers are known to the controller by their address", "a pod that is moved has a new address and counts as another broker: it can never be in sync again under its old id", "5.0.0", "5.1.0", "5.1.1", controlled, "controller"},
	{7219, Warning, "The set of in-sync copies shrinks while it grows", "two changes at once leave a set that is not right; elections choose from it", "5.0.0", "5.1.3", "5.1.4", controlled, "controller"},
	{6926, Error, "A broker in controller mode does not start", "it ends at the start", "5.1.2", "5.1.2", "5.1.3", controlled, "controller"},
	{9689, Error, "Replication stands still because the master does not find its epoch", "no copy is in sync any more; with minInSyncReplicas=2 every send is refused until somebody acts", "5.2.0", "5.3.3", "5.3.4", controlled, "controller"},
	{9897, Warning, "Two slow copies stop sends for much longer than their time-out", "FLUSH_SLAVE_TIMEOUT for far more than the 20 s after which slow copies should be left out", "5.0.0", "5.3.4", "5.4.0", controlled, "controller"},
	{9942, Warning, "Epochs that do not match after a cut", "a copy that was cut back does not find the common epoch and copies from the wrong place", "5.0.0", "5.3.4", "5.4.0", controlled, "controller"},
	{10666, Info, "A cut of a copy's log is not safe against a crash", "a broker that crashes while it cuts back its log can start with a damaged one", "5.0.0", "5.5.0", "", controlled, "controller"},
	{10578, Info, "An overflow when the candidates' offsets are compared", "with offsets far apart the wrong copy can be elected", "5.0.0", "5.5.0", "5.5.1", controlled, "controller"},
	{9717, Warning, "A jRaft controller never looks for dead brokers", "a master that is gone stays master, so that no other is elected", "5.2.0", "5.3.3", "5.3.4", jRaft, "jraft"},
	{10875, Info, "A new jRaft leader forgets to elect for masters that are already gone", "a master that died together with the leading controller is not replaced", "5.2.0", "5.5.0", "5.5.1", jRaft, "jraft"},
	{8032, Error, "Killing a DLedger broker deletes its consume queues", "after a kill the queues are gone and consumers get nothing until they are built anew", "5.2.0", "5.2.0", "5.3.0", raft, "dledger"},
	{7355, Error, "The end of the consume queue is lost after a crash in DLedger mode", "the last messages before the crash are not delivered", "5.0.0", "5.1.4", "5.2.0", raft, "dledger"},
	{7626, Warning, "Topics become read-only in DLedger mode", "sends to them are refused", "5.0.0", "5.1.4", "5.2.0", raft, "dledger"},
	{8239, Error, "One copy and SYNC_FLUSH still loses after a crash", "consumers read messages before they are on the disk, and the queue then points behind the end of the log", "5.0.0", "5.2.0", "5.3.0", alone, "alone"},
	{2706, Error, "A disk that fails is acknowledged", "an error while writing to the disk is logged and the send answered SEND_OK (measured on 5.2.0: 1,074 of 1,662 acknowledged messages lost)", "4.0.0", "5.3.3", "5.3.4", alone, "alone"},
	{9705, Warning, "Metadata files are empty after a power loss", "topics.json or consumerOffset.json can be empty or damaged; messages are there, and no topic leads to them until it is made anew (measured on 5.2.0)", "4.0.0", "5.3.3", "5.3.4", always, "alone"},
	{7523, Error, "transientStorePoolEnable with SYNC_FLUSH never succeeds", "every send ends in FLUSH_DISK_TIMEOUT", "5.0.0", "5.3.3", "5.3.4", pooled, "pooled"},
	{7601, Warning, "A slave that acts as master fails and repeats timed messages", "the timer of the acting master ends with an error and sends messages twice", "5.0.0", "5.1.4", "5.2.0", acting, "acting"},
}

func standingIn(g *model.Group) bool { return len(g.Slaves()) > 0 }

func elected(g *model.Group) bool { return controlled(g) || raft(g) }

func controlled(g *model.Group) bool { mode, _ := g.Mode(); return mode == model.Controlled }

func raft(g *model.Group) bool { mode, _ := g.Mode(); return mode == model.DLedger }

func always(*model.Group) bool { return true }

// alone says whether an acknowledgement rests on the disk of one broker.
func alone(g *model.Group) bool {
	ack := g.Ack()
	return ack.Known && ack.Copies == 1 && g.Leader().SyncFlush() && g.Leader().Role != model.Slave
}

func pooled(g *model.Group) bool {
	return g.Leader().Is("transientStorePoolEnable") && g.Leader().SyncFlush()
}

func acting(g *model.Group) bool { return g.Leader().Is("enableSlaveActingMaster") }

func jRaft(g *model.Group) bool {
	for _, p := range g.Cluster.Controllers {
		if kind, _ := p.Instances[0].Text("controllerType"); controlled(g) && (kind == "jRaft" || kind == "JRaft") {
			return true
		}
	}
	return false
}

// bugRules makes a rule of each defect.
func bugRules() []Rule {
	var all []Rule
	for _, b := range bugs {
		all = append(all, Rule{
			ID: fmt.Sprintf("bug-%d", b.issue), Severity: b.severity, Title: b.title,
			Explain: b.explain(), Source: fmt.Sprintf("apache/rocketmq#%d", b.issue),
			Example: b.example(), check: b.check,
		})
	}
	return all
}

func (b bug) explain() string {
	text := fmt.Sprintf("Releases %s to %s: %s.", b.first, b.last, b.harm)
	if b.first == b.last {
		text = fmt.Sprintf("Release %s: %s.", b.first, b.harm)
	}
	if b.fixed == "" {
		return text + " Not repaired yet in a release known here."
	}
	return text + " Repaired in " + b.fixed + "."
}

func (b bug) check(r *run) {
	first, _ := keys.ParseVersion(b.first)
	last, _ := keys.ParseVersion(b.last)
	r.groups(func(g *model.Group) {
		for _, broker := range g.Brokers {
			v := broker.Version()
			follows := broker.Role == model.Slave && (b.on == "alone" || b.on == "pooled") // the harm is the master's
			if follows || !v.Known() || v.Less(first) || last.Less(v) || !g.Known() || !b.hits(g) {
				continue
			}
			fix := "an image of " + b.fixed + " or later"
			if b.fixed == "" {
				fix = "none yet; follow the issue"
			}
			r.report(broker.Workload.Object, broker.Container.Value.Get("image").Pos(), fix, "RocketMQ %s: %s.", v, b.harm)
		}
	})
}

// newest is the release of the layouts.
const newest = "5.5.0"

// example changes the release of a sound layout to the last one that has the defect.
func (b bug) example() Example {
	switch b.on {
	case "controller":
		if b.last == newest {
			return Example{On: "controller", Clean: "static"}
		}
		return Example{On: "controller", Sound: "image: apache/rocketmq:5.5.0 # brokers", Broken: "image: apache/rocketmq:" + b.last}
	case "single":
		return Example{On: "single", Sound: "image: apache/rocketmq:5.5.0 # brokers", Broken: "image: apache/rocketmq:" + b.last}
	case "dledger":
		return Example{On: "dledger", Sound: "image: apache/rocketmq:5.5.0", Broken: "image: apache/rocketmq:" + b.last}
	case "jraft":
		if b.last == newest {
			return Example{On: "jraft", Clean: "static"}
		}
		return Example{On: "jraft", Sound: "image: apache/rocketmq:5.5.0 # brokers", Broken: "image: apache/rocketmq:" + b.last}
	case "pooled":
		return Example{On: "single", Sound: "image: apache/rocketmq:5.5.0 # brokers", Broken: "image: apache/rocketmq:" + b.last + "\n          env: [{name: POOL, value: \"true\"}]"}
	case "acting":
		return Example{On: "single", Sound: "image: apache/rocketmq:5.5.0 # brokers", Broken: "image: apache/rocketmq:" + b.last + "\n          env: [{name: ACTING, value: \"true\"}]"}
	}
	return Example{On: "masters", Sound: "image: apache/rocketmq:5.5.0 # brokers", Broken: "image: apache/rocketmq:" + b.last}
}
