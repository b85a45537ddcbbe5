package facts

import (
	"fmt"
	"slices"
	"time"
)

// Reasons against concluding anything. Each is empty where it does not stand.

// NoAcks stands where nothing was acknowledged.
func (f *Facts) NoAcks() string {
	return when(f.Acked == 0, "no message was acknowledged, so nothing was promised")
}

// NoFound stands where no scan found anything.
func (f *Facts) NoFound() string {
	return when(f.Found == 0 && f.Damaged.Count == 0, "no scan found a message")
}

// RecordedTwice stands where ids tell nothing.
func (f *Facts) RecordedTwice() string {
	return when(f.Twice > 0, fmt.Sprintf("the history records %d sends more than once, so ids tell nothing", f.Twice))
}

// Unscanned stands where a queue that acknowledged was not read to its end on its master.
func (f *Facts) Unscanned() string {
	lack, ok := f.c.complete(acknowledged)
	return when(!ok, lack)
}

// UnscannedTopics stands where a queue of a consumed topic was not read to its end on its master.
func (f *Facts) UnscannedTopics() string {
	lack, ok := f.c.complete(func(x *queue) bool {
		return slices.ContainsFunc(sortedKeys(f.c.groups), func(name string) bool { return f.c.groups[name].topics[x.Topic] })
	})
	return when(!ok, lack)
}

// UnreadReplica stands where a replica that was scanned was not read to its end.
func (f *Facts) UnreadReplica() string { return f.c.unreadReplica }

// UndecidedAcks stands where a message is missing that may lie where no scan looked.
func (f *Facts) UndecidedAcks() string {
	return when(f.Undecided > 0, fmt.Sprintf("%d acknowledged messages are not found, and may lie where no complete scan looked after they were acknowledged", f.Undecided))
}

// TornTail stands where a history's tail is torn.
func (f *Facts) TornTail() string {
	return when(f.c.torn, "a history's tail is torn, so that records may be missing")
}

// TooMany stands where the bounds were reached.
func (f *Facts) TooMany() string {
	return when(f.c.truncated, "more messages are in question than could be compared one by one")
}

// BadClock stands where times cannot be trusted.
func (f *Facts) BadClock() string {
	return first(f.c.unclocked, when(f.Times.Backward() > 0 || f.Times.Wide(), "the history's clock cannot be trusted"))
}

// ClockBack stands where a producer's numbers, and the offsets with them, contradict the times of its sends.
func (f *Facts) ClockBack() string {
	return when(f.c.renumbered > 0, fmt.Sprintf("%d times a send began after one with a higher number had ended: the clock went back", f.c.renumbered))
}

// PartlyUnplaced stands where some acknowledgements name no offset, so that the order of these is not known.
func (f *Facts) PartlyUnplaced() string {
	return when(f.Unplaced > 0, fmt.Sprintf("%d acknowledgements named no broker group or no offset, so that their order is not known", f.Unplaced))
}

// UnplacedDeliveries stands where some acknowledgements name no offset by which a delivery could be looked for.
func (f *Facts) UnplacedDeliveries() string {
	return when(f.Unplaced > 0, fmt.Sprintf("%d acknowledgements named no broker group or no offset, so that nothing says whether these messages were delivered", f.Unplaced))
}

// DeliveredTooEarly stands where a queue's messages were delivered before any of them was sent: the clocks do not fit.
func (f *Facts) DeliveredTooEarly() string {
	for _, x := range f.c.sorted {
		for _, g := range x.groups {
			if acknowledged(x) && g.first < min(x.firstSent, f.c.anywhere)-time.Second {
				return fmt.Sprintf("group %s was given a message of %s at %s, and the first was sent to it at %s: the clocks do not fit", g.group, x, Seconds(g.first), Seconds(x.firstSent))
			}
		}
	}
	return ""
}

// NoTimes stands where what is judged by time was left out.
func (f *Facts) NoTimes() string {
	return when(f.Options.MessagesOnly, "what is judged by time was left out")
}

// NoConsumers stands where no consumer group was named, and none was given anything.
func (f *Facts) NoConsumers() string {
	return when(len(f.Consumers) == 0, "no delivery was recorded, and no consumer group was announced")
}

// first is the first reason that is one.
func first(reasons ...string) string {
	for _, r := range reasons {
		if r != "" {
			return r
		}
	}
	return ""
}

func when(doubt bool, reason string) string {
	if doubt {
		return reason
	}
	return ""
}
