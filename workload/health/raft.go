package health

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/internal/await"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// followsWithin is how long a member of a Raft group may take to learn that what its master has is on a majority: with the master's
// next push, at most a second later where nothing is sent.
const followsWithin = 2 * time.Second

// follows asks whether a member of a Raft group has what its master had a moment ago of the topic to which masters' own probes
// send: such brokers say nothing of their replication. Where no master answers the member is as ready as it can be.
func (s Self) follows(ctx context.Context, client *remoting.Client, masters []string) error {
	q := remoting.Queue{Topic: TopicPrefix + s.Group}
	for _, master := range masters {
		one, cancel := context.WithTimeout(ctx, patience)
		want, err := remoting.MaxOffset(one, client.To(master), q)
		cancel()
		if err == nil {
			return s.reaches(ctx, client, q, want)
		}
	}
	return nil
}

func (s Self) reaches(ctx context.Context, client *remoting.Client, q remoting.Queue, want int64) error {
	ctx, cancel := context.WithTimeout(ctx, followsWithin)
	defer cancel()
	what := fmt.Sprintf("the broker at %s to have the first %d messages of %s, as its master has", s.Address, want, q.Topic)
	return await.Wait{What: what, Every: 200 * time.Millisecond}.Until(ctx, func(ctx context.Context) error {
		have, err := remoting.MaxOffset(ctx, client.To(s.Address), q)
		if err == nil && have < want {
			err = fmt.Errorf("it has %d", have)
		}
		return err
	})
}
