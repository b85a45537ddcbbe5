package claims

import (
	"fmt"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// DeliveredAtLeastOnce claims that every acknowledged message is delivered to every group.
func DeliveredAtLeastOnce() Claim { return deliveredAtLeastOnce }

var deliveredAtLeastOnce = listBare(Consumers, "delivered-at-least-once", Doc{
	Means:        "Every acknowledged message was delivered to every consumer group of its topic at least once.",
	Guarantee:    "Delivery is at least once: a message is redelivered until its consumption is acknowledged.",
	Inconclusive: needsGroups + ", a group had not caught up, or an acknowledgement named no offset",
	NextStep:     "A message that was acknowledged never reached its consumer: first see whether the scan found it (no-acked-loss).",
}, hasConsumers, judgeDeliveredAtLeastOnce)

func judgeDeliveredAtLeastOnce(f *Facts) Finding {
	t := perGroup(f, func(g facts.Consumer) facts.Tally { return g.Undelivered })
	pending := sum(f, func(g facts.Consumer) int64 { return g.Pending })
	return conclude(t, fmt.Sprintf("%d times an acknowledged message was never delivered to a group", t.Count),
		first(f.NoAcks(), f.NoConsumers(), f.RecordedTwice(), f.UnscannedTopics(), f.UndecidedAcks(), f.TornTail(), f.TooMany(), f.GapInIDs(), f.DeliveredTooEarly(), f.UnplacedDeliveries(),
			when(pending > 0, fmt.Sprintf("the groups had not caught up: %d acknowledged messages were still to be delivered", pending))),
		"every acknowledged message was delivered to every group").unless(f.RecordedTwice()).
		counted(groupCounts(f, map[string]int64{"undelivered": t.Count, "pending": pending}))
}
