package promise

import (
	"fmt"

	"github.com/rmqproof/rmqproof/audit/model"
)

// outcome decides one failure.
func (f facts) outcome(kind Failure) Outcome {
	if !f.known {
		return f.unclear(kind)
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
	case DiskFull:
		o = f.diskFull()
	case GroupLost, PowerAll:
		o = f.allDown()
	case ZoneLost:
		o = f.zoneLost()
	}
	if o.Sends == "" {
		o.Sends = f.sends(kind)
	}
	return o
}

// unclear is the outcome where a setting that decides is not known: a store that surely ends is lost all the same.
func (f facts) unclear(kind Failure) Outcome {
	if f.store.Kind >= model.Astray && kind != DiskFailing && kind != DiskFull {
		return Outcome{Acknowledged: Lost, Sends: SendsOpen, Why: f.store.Why}
	}
	return Outcome{Acknowledged: Unknown, Sends: SendsOpen, Why: f.unknown}
}

// sends is what becomes of sends where the failure alone decides.
func (f facts) sends(kind Failure) Sends {
	switch kind {
	case GroupLost:
		return f.elsewhere()
	case PowerAll:
		return NoSends
	}
	return f.sendsWithoutOne()
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
		return Outcome{Acknowledged: LostUpTo, Why: "any in-sync copy may be elected, and one that is behind counts as in sync until a controller has dropped it, after 15 s or more (allAckInSyncStateSet=false)"}
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

// unsafe says that the new pod may not find its store again.
func (f facts) unsafe() bool { return f.store.Kind >= model.Unsure }

// without is the outcome for a store that the new pod may not find, when no other copy stands in.
func (f facts) without() Outcome {
	if f.store.Kind == model.Unsure {
		return Outcome{Acknowledged: Unknown, Why: f.store.Why}
	}
	return Outcome{Acknowledged: Lost, Why: f.store.Why}
}

func (f facts) podKilled() Outcome {
	switch {
	case f.unsafe() && f.mode == model.Static:
		return f.without()
	case f.unsafe() && f.ack.Copies < 2:
		o := f.without()
		o.Why += ", and no other copy is waited for"
		return o
	case f.pool && (f.ack.Copies < 2 || f.mode == model.Static):
		return Outcome{Acknowledged: LostUpTo, UpToMS: f.inPool, Why: "new messages are in the process's own memory (transientStorePoolEnable=true)"}
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

// returns says what a static group's master lacks that comes back without what its memory held.
const returns = "the master comes back without what only its memory held; the slave has it and does not become master"

func (f facts) nodeLost() Outcome {
	switch {
	case f.unsafe() && f.mode == model.Static:
		return f.podKilled()
	case f.weak():
		return f.failover("")
	case f.ack.Copies > 1 && !f.apart:
		return f.withSends(Outcome{Acknowledged: Lost, Why: "nothing keeps the copies on different nodes, so that one node can hold all of them"}, f.elsewhere())
	case f.ack.Copies > 1 && f.mode == model.Static && f.store.Kind <= model.Claimed && !f.sync:
		return f.flushed(returns)
	case f.ack.Copies > 1 && f.store.Kind == model.Free && f.mode == model.Static:
		return f.synced(Outcome{Acknowledged: Kept, Why: "the message is on the disk, and " + f.store.Why})
	case f.ack.Copies > 1 && f.store.Kind == model.Free:
		return f.failover(fmt.Sprintf("an acknowledged message is on %d nodes", f.ack.Copies))
	case f.ack.Copies > 1:
		return f.failover(fmt.Sprintf("acknowledged messages are on %d nodes", f.ack.Copies) + f.restore())
	case f.unsafe():
		return f.without()
	case f.store.Kind == model.Free && f.sync:
		return f.synced(Outcome{Acknowledged: Kept, Why: "the message is on the disk, and " + f.store.Why})
	case f.store.Kind == model.Free:
		return f.flushed(f.store.Why + ", but what was not yet written is lost")
	case (f.slaves > 0 || f.brokers > 1) && !f.apart:
		return Outcome{Acknowledged: Lost, Why: "nothing keeps the copies on different nodes, so that one node can hold all of them"}
	case f.slaves > 0 || f.brokers > 1:
		return Outcome{Acknowledged: LostUpTo, Why: "when the volume stays with the node, what the other copy did not have yet is lost, and the acknowledgement did not wait for it"}
	}
	return Outcome{Acknowledged: Lost, Why: "there is one copy, and " + f.place()}
}

// place says what is known of a volume that may be bound to its node.
func (f facts) place() string {
	if f.store.Kind == model.Bound {
		return f.store.Why
	}
	return "its volume may be bound to the node"
}

func (f facts) withSends(o Outcome, s Sends) Outcome {
	o.Sends = s
	return o
}

// flushed is the loss of the page cache: fewer than four pages wait for the thorough interval, more of them for the
// plain one.
func (f facts) flushed(why string) Outcome {
	span := max(f.interval, 500) + max(f.thorough, 10000)
	how := fmt.Sprintf("flushDiskType=ASYNC_FLUSH: every %d ms under load, after %d ms when little is written", max(f.interval, 500), max(f.thorough, 10000))
	if f.pool {
		span += f.inPool
		how += ", transientStorePoolEnable=true before that"
	}
	if f.behind != "" {
		return Outcome{Acknowledged: LostUpTo, UpToMS: max(span, f.inQueue), Why: why + " (" + how + "); " + f.behind}
	}
	return Outcome{Acknowledged: LostUpTo, UpToMS: span, Why: why + " (" + how + ")"}
}

// synced is the outcome of a message that SYNC_FLUSH put on the disk: a power loss may still take its place in a queue.
func (f facts) synced(o Outcome) Outcome {
	if f.behind == "" || o.Acknowledged != Kept {
		return o
	}
	return Outcome{Acknowledged: LostUpTo, UpToMS: f.inQueue, Sends: o.Sends, Why: o.Why + "; but after a power loss " + f.behind}
}

func (f facts) powerOne() Outcome {
	switch {
	case f.unsafe():
		return f.podKilled()
	case f.weak():
		return f.failover("")
	case f.mode != model.Static && f.brokers > 1 && !f.apart: // one node may hold all copies
		return f.allDown()
	case f.copiesElsewhere() && f.mode != model.Static:
		return f.failover(fmt.Sprintf("an acknowledged message is on %d nodes", f.ack.Copies))
	case f.sync:
		return f.synced(f.failover("the message is on the disk before it is acknowledged (flushDiskType=SYNC_FLUSH)"))
	case f.ack.Copies > 1:
		return f.flushed(returns)
	}
	return f.flushed("the last messages were only in the node's memory")
}

func (f facts) volumeLost() Outcome {
	switch {
	case f.unsafe() && f.mode == model.Static:
		return f.podKilled()
	case f.weak():
		return f.failover("")
	case f.ack.Copies > 1:
		return f.failover(fmt.Sprintf("%d brokers hold acknowledged messages, each on a volume of its own", f.ack.Copies) + f.restore())
	case f.brokers > 1 && f.ack.Every:
		return Outcome{Acknowledged: LostUpTo, Why: "a copy that has fallen behind is not waited for, and the volume may be the only one with the last messages"}
	case f.brokers > 1:
		return Outcome{Acknowledged: LostUpTo, Why: "the other copy is not waited for and may lack the last messages"}
	}
	return Outcome{Acknowledged: Lost, Why: "there is one copy"}
}

func (f facts) allDown() Outcome {
	switch {
	case f.unsafe():
		return f.without()
	case f.uncleanly:
		return Outcome{Acknowledged: Lost, Why: "the first broker to come back may be made master, whatever it lacks (enableElectUncleanMaster=true)"}
	case f.mode == model.DLedger:
		return f.within("DLedger counts a member before its disk has the message, whatever flushDiskType says: each writes every 10 ms")
	case f.sync && f.mode == model.Controlled && f.brokers > 1:
		return f.within("any in-sync copy that comes back first is made master, and a copy counts before its disk has the message, SYNC_FLUSH or not: it writes every 10 ms")
	case f.sync:
		return f.synced(Outcome{Acknowledged: Kept, Why: "the message is on the disk before it is acknowledged (flushDiskType=SYNC_FLUSH)"})
	}
	return f.flushed("all copies of the last messages were in memory")
}

func (f facts) zoneLost() Outcome {
	if f.zones && f.ack.Copies > 1 {
		return f.failover(fmt.Sprintf("an acknowledged message is in %d zones", f.ack.Copies))
	}
	return Outcome{Acknowledged: Lost, Sends: NoSends, Why: "nothing keeps the copies in different zones: what is in the lost one is away until it is back"}
}
