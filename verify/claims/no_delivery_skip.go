package claims

import (
	"fmt"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// NoDeliverySkip claims that no group passes over a message.
func NoDeliverySkip() Claim { return noDeliverySkip }

var noDeliverySkip = listBare(Consumers, "no-delivery-skip", Doc{
	Means:        "No consumer group was given a later message of a queue while an earlier one that is found there was never given to it.",
	Guarantee:    "A consumer pulls a queue in the order of its offsets and commits only what was consumed.",
	Inconclusive: needsGroups,
	NextStep:     "A consumer passed over a message that exists: look for a reset or a lost commit of its offset.",
}, hasConsumers, judgeNoDeliverySkip)

func judgeNoDeliverySkip(f *Facts) Finding {
	t := perGroup(f, func(g facts.Consumer) facts.Tally { return g.Skipped })
	return conclude(t, fmt.Sprintf("%d messages were passed over", t.Count),
		first(f.NoConsumers(), f.UnscannedTopics(), f.NoFound(), f.TornTail(), f.DeliveredTooEarly()), "no group was given a message while an earlier one of the queue was not").
		counted(groupCounts(f, map[string]int64{"skipped": t.Count}))
}
