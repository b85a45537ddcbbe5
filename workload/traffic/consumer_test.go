package traffic

import (
	"slices"
	"testing"

	"github.com/apache/rocketmq-client-go/v2/primitive"
)

// A consumer that was stopped may stay in the broker's list for a while.
func TestTheConsumerTakesEveryQueueWhoeverElseIsNamed(t *testing.T) {
	queues := []*primitive.MessageQueue{{Topic: "t", BrokerName: "broker-a"}, {Topic: "t", BrokerName: "broker-b"}}
	for _, members := range [][]string{{"new"}, {"new", "old"}, {"old"}} {
		if got := everyQueue("group", "new", queues, members); !slices.Equal(got, queues) {
			t.Errorf("beside %v it takes %v", members, got)
		}
	}
}
