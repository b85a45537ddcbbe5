package claims

import "fmt"

var _ = listBare(Offsets, "key-order", Doc{
	Means:        "For topics named as ordered, each consumer group first sees one producer's messages of a key in the order in which they were sent; a message may be delivered again at any time.",
	Guarantee:    "Messages of one sharding key go to one queue, and an orderly listener gets a queue's messages one after the other.",
	Inconclusive: "no ordered topic is named, or no delivery of one was recorded, or its clock runs backwards",
	NextStep:     "Look for a change of the number of queues or of the queue's owner between the two deliveries.",
}, func(f *Facts) bool { return len(f.Ordered) > 0 }, judgeKeyOrder)

func judgeKeyOrder(f *Facts) Finding {
	k := f.Keys
	return conclude(k.Disorder, fmt.Sprintf("%d messages were first delivered after a later one of their key", k.Disorder.Count),
		first(when(len(f.Ordered) == 0, "no topic is named as ordered"), f.RecordedTwice(), f.BadClock(), f.TornTail(), f.GapInIDs(), f.DeliveredTooEarly(),
			when(k.Late, "an ordered topic was named after sends had been recorded"),
			when(k.Deliveries == 0, "no delivery of an ordered topic was recorded"),
			when(k.Seen == 0, "no message of an ordered topic with a key was acknowledged"),
			when(k.Truncated, "more messages are in question than could be compared one by one")),
		"each key's messages were first delivered in the order in which they were sent").unless(f.RecordedTwice(), f.BadClock()).
		counted(map[string]int64{"keys": k.Seen, "first_deliveries": k.Deliveries, "out_of_order": k.Disorder.Count})
}
