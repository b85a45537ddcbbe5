package claims

import "fmt"

// QueueOrder claims that one producer's sends to a queue lie in the log in their order.
func QueueOrder() Claim { return queueOrder }

var queueOrder = listBare(Offsets, "queue-order", Doc{
	Means:        "Acknowledged sends of one producer to one queue that do not overlap in time lie in the log in that order.",
	Guarantee:    "Messages of a queue are stored in the order in which the broker took them.",
	Inconclusive: needsScan + ", its clock runs backwards, or no scan found a message",
	NextStep:     "Look at the two messages' times in the evidence and for a change of master between them.",
}, always, judgeQueueOrder)

func judgeQueueOrder(f *Facts) Finding {
	return conclude(f.OutOfOrder, fmt.Sprintf("%d sends lie before one that had ended when they began", f.OutOfOrder.Count),
		first(f.NoAcks(), f.RecordedTwice(), f.BadClock(), f.ClockBack(), f.Unscanned(), f.NoFound(), f.TooMany(), f.GapInIDs(), f.PartlyUnplaced()),
		"each producer's sends lie in every queue in the order in which they were made").unless(f.RecordedTwice(), f.BadClock()).
		counted(map[string]int64{"acknowledged": f.Acked, "out_of_order": f.OutOfOrder.Count})
}
