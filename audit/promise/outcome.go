package promise

import (
	"fmt"
	"strconv"

	"github.com/rmqproof/rmqproof/audit/model"
)

// lag is how far an in-sync copy may be behind before the controller's set drops it, in milliseconds:
// haMaxTimeSlaveNotCatchup.
const lag = 15000

// outcome decides one failure.
func (f facts) outcome(kind Failure) Outcome {
	if !f.known {
		return Outcome{Acknowledged: Unknown, Sends: SendsOpen, Why: f.unknown}
	}
	var o Outcome
	switch kind {
	case PodKilled:
		o = f.podKilled()
	case NodeLost:
		o = f.nodeLost()
	case PowerOne:
		o = f.powerOne()
	case VolumeLost:
		o = f.volumeLost()
	case DiskFailing:
		o = f.diskFailing()
	case GroupLost, PowerAll:
		o = f.allDown()
	case ZoneLost:
		o = f.zoneLost()
	}
	if o.Sends == "" {
		o.Sends = f.sendsWithoutOne()
		if kind == GroupLost {
			o.Sends = f.elsewhere()
		}
		if kind == PowerAll {
			o.Sends = NoSends
		}
	}
	return o
}

// elsewhere is whether another group takes the sends.
func (f facts) elsewhere() Sends {
	if f.groups > 1 {
		return OtherGroups
	}
	return NoSends
}

// sendsWithoutOne is whether the group takes sends while the broker is away that hurts most.
func (f facts) sendsWithoutOne() Sends {
	if f.mode != model.Static && f.brokers-1 >= f.minInSync && f.brokers > 1 {
		return SameGroup
	}
	return f.elsewhere()
}

// failover is what an election costs.
func (f facts) failover(why string) Outcome {
	switch {
	case f.mode == model.Controlled && f.uncleanly && f.ack.Copies < 2:
		return Outcome{Acknowledged: Lost, Why: "when the master was the last in-sync broker, one that lacks acknowledged messages is elected (enableElectUncleanMaster=true, minInSyncReplicas=1)"}
	case f.weak():
		return Outcome{Acknowledged: LostUpTo, UpToMS: lag, Why: "any in-sync copy may be elected, and one counts as in sync until it is 15 s behind (allAckInSyncStateSet=false)"}
	case f.mode == model.Controlled && f.ack.Copies < 2:
		return Outcome{Acknowledged: Kept, Why: "only brokers that hold every acknowledged message may be elected; when the master is the last of them, nobody is until it is back (minInSyncReplicas=1)"}
	}
	return Outcome{Acknowledged: Kept, Why: why}
}

// weak says that a failover itself can lose.
func (f facts) weak() bool { return f.mode == model.Controlled && !f.ack.Every }

// restore is what an operator of a static group must know about a master whose volume is gone.
func (f facts) restore() string {
	if f.mode != model.Static {
		return ""
	}
	return "; they are on the slave, from which the master's volume has to be restored before the master starts again"
}

func (f facts) podKilled() Outcome {
	switch {
	case f.store == "pod" && f.mode == model.Static:
		return Outcome{Acknowledged: Lost, Why: f.ends}
	case f.store == "pod" && f.ack.Copies < 2:
		return Outcome{Acknowledged: Lost, Why: f.ends + ", and no other copy is waited for"}
	case f.pool && f.ack.Copies < 2:
		return Outcome{Acknowledged: LostUpTo, UpToMS: 200, Why: "new messages are in the process's own memory (transientStorePoolEnable=true)"}
	case f.mode == model.Static:
		return Outcome{Acknowledged: Kept, Why: "what the broker wrote is in the node's page cache and on the volume, and the new pod opens the same store" + f.noTakeover()}
	}
	return f.failover("every copy that may be elected has the message")
}

func (f facts) noTakeover() string {
	if f.slaves > 0 {
		return "; the slave does not become master"
	}
	return ""
}

// copiesElsewhere says that a copy of every acknowledged message is surely on another node.
func (f facts) copiesElsewhere() bool { return f.ack.Copies > 1 && f.apart }

func (f facts) nodeLost() Outcome {
	switch {
	case f.store == "pod" && f.mode == model.Static:
		return f.podKilled()
	case f.weak():
		return f.failover("")
	case f.copiesElsewhere() && f.store == "persistent":
		return f.failover(fmt.Sprintf("an acknowledged message is on %d nodes", f.ack.Copies))
	case f.copiesElsewhere():
		return f.failover(fmt.Sprintf("acknowledged messages are on %d nodes", f.ack.Copies) + f.restore())
	case f.ack.Copies > 1:
		return f.withSends(Outcome{Acknowledged: Lost, Why: "nothing keeps the copies on different nodes, so that one node can hold all of them"}, f.elsewhere())
	case f.store == "pod":
		return Outcome{Acknowledged: Lost, Why: f.ends}
	case f.store == "persistent" && f.sync:
		return Outcome{Acknowledged: Kept, Why: "the message is on the disk, and the volume can be attached to another node"}
	case f.store == "persistent":
		return f.flushed("the volume can be attached to another node, but what was not yet written is lost")
	case f.slaves > 0 || f.brokers > 1:
		return Outcome{Acknowledged: LostUpTo, Why: "when the volume stays with the node, what the other copy did not have yet is lost, and the acknowledgement did not wait for it"}
	}
	return Outcome{Acknowledged: Lost, Why: "there is one copy, and its volume may be bound to the node"}
}

func (f facts) withSends(o Outcome, s Sends) Outcome {
	o.Sends = s
	return o
}

// flushed is the loss of the page cache.
func (f facts) flushed(why string) Outcome {
	return Outcome{Acknowledged: LostUpTo, UpToMS: max(f.interval, 500), Why: why + " (flushDiskType=ASYNC_FLUSH, every " + strconv.Itoa(max(f.interval, 500)) + " ms; up to 10 s when little is written)"}
}

func (f facts) powerOne() Outcome {
	switch {
	case f.store == "pod":
		return f.podKilled()
	case f.weak():
		return f.failover("")
	case f.copiesElsewhere():
		return f.failover(fmt.Sprintf("an acknowledged message is on %d nodes", f.ack.Copies))
	case f.sync:
		return f.failover("the message is on the disk before it is acknowledged (flushDiskType=SYNC_FLUSH)")
	}
	return f.flushed("the last messages were only in the node's memory")
}

func (f facts) volumeLost() Outcome {
	switch {
	case f.store == "pod" && f.mode == model.Static:
		return f.podKilled()
	case f.weak():
		return f.failover("")
	case f.ack.Copies > 1:
		return f.failover(fmt.Sprintf("%d brokers hold acknowledged messages, each on a volume of its own", f.ack.Copies) + f.restore())
	case f.brokers > 1:
		return Outcome{Acknowledged: LostUpTo, Why: "the other copy is not waited for and may lack the last messages"}
	}
	return Outcome{Acknowledged: Lost, Why: "there is one copy"}
}

func (f facts) diskFailing() Outcome {
	switch {
	case f.ack.Copies > 1:
		return f.failover("the acknowledgement waits for another broker's copy, which has a disk of its own")
	case f.sync && !f.swallows:
		return Outcome{Acknowledged: Kept, Sends: f.elsewhere(), Why: "a write that fails is not acknowledged (from 5.3.4 on)"}
	case f.sync:
		return Outcome{Acknowledged: Lost, Sends: SameGroup, Why: "this release answers SEND_OK although the write to the disk fails (apache/rocketmq#2706), until somebody notices"}
	}
	return Outcome{Acknowledged: Lost, Sends: SameGroup, Why: "messages are acknowledged before they are written (flushDiskType=ASYNC_FLUSH), until somebody notices"}
}

func (f facts) allDown() Outcome {
	switch {
	case f.store == "pod":
		return Outcome{Acknowledged: Lost, Why: f.ends}
	case f.uncleanly:
		return Outcome{Acknowledged: Lost, Why: "the first broker to come back may be made master, whatever it lacks (enableElectUncleanMaster=true)"}
	case f.sync:
		return Outcome{Acknowledged: Kept, Why: "the message is on the disk before it is acknowledged (flushDiskType=SYNC_FLUSH)"}
	}
	return f.flushed("all copies of the last messages were in memory")
}

func (f facts) zoneLost() Outcome {
	if f.zones && f.ack.Copies > 1 {
		return f.failover(fmt.Sprintf("an acknowledged message is in %d zones", f.ack.Copies))
	}
	return Outcome{Acknowledged: Lost, Sends: NoSends, Why: "nothing keeps the copies in different zones: what is in the lost one is away until it is back"}
}
