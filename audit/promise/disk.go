package promise

import (
	"fmt"

	"github.com/rmqproof/rmqproof/audit/model"
)

// diskFailing is about a broker that goes on while its disk takes nothing, and is then started anew on what the disk has.
func (f facts) diskFailing() Outcome {
	switch {
	case f.mode == model.DLedger && f.ack.Copies > 1:
		return Outcome{Acknowledged: LostUpTo, Why: "DLedger counts a member before its disk has the message, and a member that comes back with less may elect one that lacks it, too"}
	case f.mode == model.Controlled && f.ack.Copies > 1:
		return f.failover("the acknowledgement waits for another broker's copy, which has a disk of its own and is made master; the broker with less copies from it")
	case f.mode == model.DLedger:
		return Outcome{Acknowledged: Lost, Sends: SameGroup, Why: "DLedger acknowledges before the disk has the message, until somebody notices"}
	case !f.sync:
		return Outcome{Acknowledged: Lost, Sends: SameGroup, Why: "messages are acknowledged before they are written (flushDiskType=ASYNC_FLUSH), until somebody notices" + f.leadsAgain()}
	case f.release == "":
		return Outcome{Acknowledged: Unknown, Sends: SendsOpen, Why: "the release is not known, and releases to 5.3.3 answer SEND_OK although the write to the disk fails (apache/rocketmq#9713, #2706)" + f.leadsAgain()}
	case f.swallows:
		return Outcome{Acknowledged: Lost, Sends: SameGroup, Why: "this release answers SEND_OK although the write to the disk fails (apache/rocketmq#9713, #2706), until somebody notices" + f.leadsAgain()}
	case f.unsafe():
		return f.podKilled()
	}
	if o := f.failover(""); o.Acknowledged != Kept {
		return f.withSends(o, f.elsewhere())
	}
	return f.withSends(f.within("from 5.3.4 on a write that fails is not acknowledged, but one that is under way when the disk begins to fail may be: it is tried again, and an error is told once (measured on 5.5.0 as a volume went read-only: 1 of 27,204 lost)"), f.elsewhere())
}

// leadsAgain says why the copy of a static group's slave does not help.
func (f facts) leadsAgain() string {
	if f.mode != model.Static || f.ack.Copies < 2 {
		return ""
	}
	return "; the slave has them and does not become master, and the master leads again with less"
}

func (f facts) diskFull() Outcome {
	switch {
	case f.cleans:
		return f.withSends(Outcome{Acknowledged: Lost, Why: "at 85 % the oldest messages are deleted, whether or not somebody has read them (cleanFileForciblyEnable=true), and at 90 % sends are refused"}, f.elsewhere())
	case f.timers:
		return f.withSends(Outcome{Acknowledged: Lost, Why: "delayed messages that come due while the disk is full are dropped after three tries (timerEnableRetryUntilSuccess=false)"}, f.elsewhere())
	}
	return f.withSends(Outcome{Acknowledged: Lost, Why: "sends are refused at 90 %, but the broker looks at its disk every 10 s: when no byte is left before it looks, messages are torn in the mapped log (measured: 205 of 9,114 lost on 5.1.0, 1,409 of 11,155 on 5.5.0)"}, f.elsewhere())
}

// within is the loss of what a disk did not take yet that is written to at once. A disk that takes longer than syncFlushTimeout
// is no working one: a master with such a disk says so to its producers.
func (f facts) within(why string) Outcome {
	o := Outcome{Acknowledged: LostUpTo, UpToMS: 10 + f.slowest, Why: fmt.Sprintf("%s; that ends within syncFlushTimeout=%d", why, f.slowest)}
	if f.behind != "" {
		o.UpToMS, o.Why = max(o.UpToMS, f.inQueue), o.Why+"; "+f.behind
	}
	return o
}
