package claims

import (
	"fmt"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// ConsumersCatchUp claims that every group is given the last message of every queue.
func ConsumersCatchUp() Claim { return consumersCatchUp }

var consumersCatchUp = listBare(Consumers, "consumers-catch-up", Doc{
	Means:        "After the drain every consumer group has been given the last message of every queue of its topics.",
	Guarantee:    "A subscribed group is served every queue of a topic until it has no backlog.",
	Inconclusive: needsGroups,
	NextStep:     "A consumer still had a backlog after the drain: look at the consumer's log and at the group's offsets.",
}, hasConsumers, judgeConsumersCatchUp)

func judgeConsumersCatchUp(f *Facts) Finding {
	t := perGroup(f, func(g facts.Consumer) facts.Tally { return g.Behind })
	backlog := sum(f, func(g facts.Consumer) int64 { return g.Backlog })
	return conclude(t, fmt.Sprintf("in %d queues a group was not given the last message; %d messages are left", t.Count, backlog),
		first(f.NoConsumers(), f.UnscannedTopics(), f.NoFound(), f.TornTail(), f.DeliveredTooEarly()), "every group was given the last message of every queue").
		counted(groupCounts(f, map[string]int64{"queues_behind": t.Count, "backlog": backlog}))
}
