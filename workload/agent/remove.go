package agent

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// remove takes the topics and consumer groups of a finished run off the cluster: where it belongs to somebody else, nothing of
// ours is to stay.
func (r *run) remove(ctx context.Context) error {
	if phase := r.currentPhase(); phase != agentapi.PhaseFinished {
		return fmt.Errorf("run %s is %s: finish it first", r.config.ID, phase)
	}
	ctx, cancel := context.WithTimeout(ctx, topicWithin)
	defer cancel()
	topics, groups := r.made()
	return r.cluster.Remove(ctx, topics, groups)
}

// made are the topics and consumer groups of a run, also those that brokers make by themselves for a consumer.
func (r *run) made() (topics, groups []string) {
	for i, t := range r.config.Traffics {
		topics = append(topics, t.Topic)
		if t.Consumer {
			group := agentapi.ConsumerGroup(r.config.ID, i)
			groups, topics = append(groups, group), append(topics, "%RETRY%"+group)
		}
	}
	if !r.config.NoProbe {
		for _, group := range r.config.Groups {
			topics = append(topics, probeTopic(r.config, group))
		}
	}
	return topics, append(groups, remoting.ScanGroup)
}
