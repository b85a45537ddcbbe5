package watch

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// The kinds of state. Look opens what one broker has.
const (
	Look          = "look"
	Topic         = "topic"
	ConsumerGroup = "consumer group"
)

// askWithin bounds the questions to one broker.
const askWithin = 3 * time.Second

// States records the topics and consumer groups of every broker of some groups that answers, with their settings. A broker that
// does not answer is left out: who is master and who is away is told elsewhere.
func States(ctx context.Context, v *cluster.View, groups []string, at time.Duration, record func(history.Record) error) error {
	for _, b := range v.Report(ctx, groups...).Brokers {
		if b.Error != "" {
			continue
		}
		s := history.State{At: at, Broker: b.Group, Address: b.Address}
		topics, consumers, err := ask(ctx, v.Client.To(b.Address))
		if err != nil {
			continue
		}
		err = errors.Join(say(record, s, Look, map[string]string{"": ""}), say(record, s, Topic, topics), say(record, s, ConsumerGroup, consumers))
		if err != nil {
			return err
		}
	}
	return nil
}

func ask(ctx context.Context, broker remoting.Peer) (topics, consumers map[string]string, err error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	if topics, err = remoting.Topics(ctx, broker); err == nil {
		consumers, err = remoting.ConsumerGroups(ctx, broker)
	}
	return topics, consumers, err
}

// say records what a broker has of one kind, by name.
func say(record func(history.Record) error, s history.State, what string, all map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		one := s
		one.What, one.Name, one.Value = what, name, all[name]
		if err := record(&one); err != nil {
			return err
		}
	}
	return nil
}
