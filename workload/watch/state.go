package watch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
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
	Progress      = "progress" // of a consumer group in a queue: topic@group/queue
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

// AllProgress records how far each consumer group has come in each queue, as every broker of some groups that answers has it. It
// belongs to the look of the same moment, and is recorded behind it.
func AllProgress(ctx context.Context, v *cluster.View, groups []string, at time.Duration, record func(history.Record) error) error {
	for _, b := range v.Report(ctx, groups...).Brokers {
		if b.Error != "" {
			continue
		}
		asking, cancel := context.WithTimeout(ctx, askWithin)
		table, err := remoting.CommittedOffsets(asking, v.Client.To(b.Address))
		cancel()
		if err != nil {
			return fmt.Errorf("asking %s how far its consumers have come: %w", b.Address, err)
		}
		if err := say(record, history.State{At: at, Broker: b.Group, Address: b.Address}, Progress, flat(table)); err != nil {
			return err
		}
	}
	return nil
}

func flat(table map[string]map[int32]int64) map[string]string {
	all := map[string]string{}
	for name, queues := range table {
		for queue, offset := range queues {
			all[fmt.Sprintf("%s/%d", name, queue)] = strconv.FormatInt(offset, 10)
		}
	}
	return all
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
