package remoting

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// pullSubscription is PullSysFlag's bit for "the request states its own subscription"; without the bit for suspending,
// a broker answers at once at a queue's end.
const pullSubscription = 4

// Queue is one queue of a topic.
type Queue struct {
	Topic string
	ID    int32
}

// MinOffset is the lowest offset that a broker still has of a queue.
func MinOffset(ctx context.Context, broker Peer, q Queue) (int64, error) {
	return offset(ctx, broker, newCommand(reqMinOffset, queueFields(q), nil))
}

// MaxOffset is the offset after a queue's last message that consumers can see.
func MaxOffset(ctx context.Context, broker Peer, q Queue) (int64, error) {
	fields := queueFields(q)
	fields["committed"] = "true"
	return offset(ctx, broker, newCommand(reqMaxOffset, fields, nil))
}

// NextOffset is the offset that the broker will give to the queue's next message. It is above MaxOffset while the
// consume queue is still being built from the commit log; but 5.5 answers with MaxOffset then, so ask DispatchBehind too.
func NextOffset(ctx context.Context, broker Peer, q Queue) (int64, error) {
	fields := queueFields(q)
	fields["committed"] = "false"
	return offset(ctx, broker, newCommand(reqMaxOffset, fields, nil))
}

func queueFields(q Queue) map[string]string {
	return map[string]string{"topic": q.Topic, "queueId": strconv.Itoa(int(q.ID))}
}

func offset(ctx context.Context, broker Peer, cmd *Command) (int64, error) {
	response, err := call(ctx, broker, cmd)
	if err != nil {
		return 0, err
	}
	return intField(response, "offset")
}

// Batch is what one pull gave.
type Batch struct {
	Messages []Stored
	Next     int64 // where to pull next
	Min, Max int64
}

// ErrNotFound says that the queue holds nothing at the offset (yet).
var ErrNotFound = errors.New("no message at this offset")

// Pull reads up to max messages from an offset on. It does not wait for messages to come.
func Pull(ctx context.Context, broker Peer, q Queue, from int64) (Batch, error) {
	response, err := broker.Call(ctx, newCommand(reqPullMessage, pullFields(q, from), nil))
	if err != nil {
		return Batch{}, err
	}
	switch response.Code {
	case Success:
		return batchOf(response)
	case PullNotFound, PullRetryImmediately:
		return Batch{}, fmt.Errorf("%w: %w", ErrNotFound, &CodeError{response.Code, response.Remark})
	}
	return Batch{}, &CodeError{response.Code, response.Remark}
}

// pullBatch is more than a broker gives at once (maxTransferCountOnMessageInMemory, 32): its limits hold.
const pullBatch = 256

func pullFields(q Queue, from int64) map[string]string {
	fields := queueFields(q)
	fields["consumerGroup"] = ScanGroup
	fields["queueOffset"] = strconv.FormatInt(from, 10)
	fields["maxMsgNums"] = strconv.Itoa(pullBatch)
	fields["sysFlag"] = strconv.Itoa(pullSubscription)
	fields["commitOffset"] = "0"
	fields["suspendTimeoutMillis"] = "0"
	fields["subscription"] = "*"
	fields["subVersion"] = "0"
	fields["expressionType"] = "TAG"
	return fields
}

// ScanGroup is the consumer group in whose name queues are read. It commits no offsets.
const ScanGroup = "rmqproof-scan"

func batchOf(response *Command) (Batch, error) {
	messages, err := DecodeMessages(response.Body)
	if err != nil {
		return Batch{}, err
	}
	b := Batch{Messages: messages}
	for name, into := range map[string]*int64{"nextBeginOffset": &b.Next, "minOffset": &b.Min, "maxOffset": &b.Max} {
		if *into, err = intField(response, name); err != nil {
			return Batch{}, err
		}
	}
	return b, nil
}
