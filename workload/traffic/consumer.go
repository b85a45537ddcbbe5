package traffic

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	rocketmq "github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/payload"
)

const (
	// pullInterval makes the library gather messages: without it each message costs a request, and the agent's processor
	// time with it. When a message is delivered is not measured, only that it is. A queue's backlog goes at 32 messages an
	// interval, so at 500 ms that of a master that was away for half a minute took another half minute.
	pullInterval = 150 * time.Millisecond
	// pullBatch is what one pull and one call of ours take: as much as a broker gives from memory at once.
	pullBatch = 32
)

// stopWithin bounds how long the end of a run waits for the library to say goodbye.
const stopWithin = 5 * time.Second

// ConsumerConfig is the consuming side of a run.
type ConsumerConfig struct {
	RunID string
	Topic string
	Group string // consumer group
}

// Consumer records every delivery and always reports success: what the library does after a failure is not under test.
type Consumer struct {
	config  ConsumerConfig
	clients Clients
	record  func(*history.Deliver) error
	zero    time.Time

	mu     sync.Mutex
	push   rocketmq.PushConsumer
	number uint32
}

// NewConsumer makes a consumer; Start starts it. record is called from several goroutines.
func NewConsumer(c ConsumerConfig, clients Clients, record func(*history.Deliver) error) *Consumer {
	return &Consumer{config: c, clients: clients, record: record}
}

// Start subscribes, from the topic's beginning. The topic must exist. zero is the time that records count from.
func (c *Consumer) Start(ctx context.Context, zero time.Time) error {
	prepare()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.zero = zero
	c.clients.Resolver.Resolve(ctx)
	push, err := rocketmq.NewPushConsumer(
		consumer.WithGroupName(c.config.Group),
		consumer.WithInstance(fmt.Sprintf("%s-%d", c.config.Group, c.number)), // two that shared one would be shut down together
		consumer.WithNsResolver(addresses{c.clients.Resolver}),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset),
		consumer.WithConsumerModel(consumer.Clustering),
		consumer.WithPullInterval(pullInterval),
		consumer.WithPullBatchSize(pullBatch),
		consumer.WithConsumeMessageBatchMaxSize(pullBatch),
		consumer.WithRemotingTimeout(sendWithin, quietWithin, sendWithin),
		consumer.WithStrategy(everyQueue),
	)
	if err != nil {
		return fmt.Errorf("make a consumer: %w", err)
	}
	if err := push.Subscribe(c.config.Topic, consumer.MessageSelector{}, c.receiver(c.number)); err != nil {
		return fmt.Errorf("subscribe to %s: %w", c.config.Topic, err)
	}
	if err := push.Start(); err != nil {
		return fmt.Errorf("start the consumer of %s: %w", c.config.Topic, err)
	}
	c.push = push
	c.number++
	return nil
}

// everyQueue gives a consumer all queues, whoever else the broker counts to its group: that is one that was stopped, and
// the library's heartbeats may bring it back for as long as two rebalances, 40 s, in which half of the queues were its.
func everyQueue(_, _ string, queues []*primitive.MessageQueue, _ []string) []*primitive.MessageQueue {
	return queues
}

// Replace starts a new consumer and leaves the old one to say goodbye meanwhile, which takes it as long as brokers that
// are gone do not answer. What the old one is still given is recorded as well.
func (c *Consumer) Replace(ctx context.Context, zero time.Time) error {
	c.mu.Lock()
	if c.push != nil {
		c.leave()
	}
	c.mu.Unlock()
	return c.Start(ctx, zero)
}

// leave begins the end of the library's consumer.
func (c *Consumer) leave() <-chan error {
	ended := make(chan error, 1)
	go func(push rocketmq.PushConsumer) { ended <- push.Shutdown() }(c.push)
	c.push = nil
	return ended
}

// Stop ends the consumption. A consumer that was never started is stopped.
func (c *Consumer) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.push == nil {
		return
	}
	ended := c.leave()
	select {
	case err := <-ended:
		if err != nil {
			slog.Warn("shutting the consumer down", "error", err)
		}
	case <-time.After(stopWithin): // the library waits for brokers that may be gone, one time-out after another
		slog.Warn("the consumer is still shutting down; going on without it")
	}
}

// receiver records deliveries to the consumer of the given number.
func (c *Consumer) receiver(number uint32) func(context.Context, ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
	return func(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
		for _, m := range messages {
			if err := c.record(c.deliver(number, m)); err != nil {
				slog.Error("a delivery could not be recorded", "error", err)
			}
		}
		return consumer.ConsumeSuccess, nil
	}
}

func (c *Consumer) deliver(number uint32, m *primitive.MessageExt) *history.Deliver {
	id, intact := payload.Decode(m.Body)
	d := &history.Deliver{
		Group: c.config.Group, Consumer: number, Topic: c.config.Topic, Offset: m.QueueOffset,
		Producer: id.Producer, Seq: id.Seq, Attempt: m.ReconsumeTimes + 1, Start: time.Since(c.zero),
	}
	if m.Queue != nil {
		d.Broker, d.Queue = m.Queue.BrokerName, int32(m.Queue.QueueId)
	}
	d.Damaged = !intact || id.Run != c.config.RunID
	return d
}
