package agent

import (
	"context"
	"fmt"
	"strconv"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// committed asks a broker for the offsets of the run's own consumer groups in their topics, by "group in topic/queue".
func committed(ctx context.Context, broker remoting.Peer, c agentapi.RunConfig) (map[string]string, error) {
	table, err := remoting.CommittedOffsets(ctx, broker)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, t := range c.Traffics {
		group := agentapi.ConsumerGroup(c.ID, i)
		for queue, offset := range table[t.Topic+"@"+group] {
			out[fmt.Sprintf("%s in %s/%d", group, t.Topic, queue)] = strconv.FormatInt(offset, 10)
		}
	}
	return out, nil
}
