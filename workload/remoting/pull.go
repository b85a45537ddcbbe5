package remoting

import (
	"context"
	"errors"
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

// pullBatch is more than a broker gives at once (maxTransferCountOnMessageInMemory, 32): its limits hold.
const pullBatch = 256

// Pull reads messages from an offset on. It does not wait for messages to come. With ErrNotFound, and with a *CodeError
// of PullOffsetMoved, the batch tells where the broker sends the reader.
func Pull(ctx context.Context, broker Peer, q Queue, from int64) (Batch, error) {
	return pull(ctx, broker, pullFields(q, from, pullBatch))
}

// PullOne reads the first message at an offset or behind it: it lies at the place before Batch.Next.
func PullOne(ctx context.Context, broker Peer, q Queue, from int64) (Batch, error) {
	return pull(ctx, broker, pullFields(q, from, 1))
}

func pull(ctx context.Context, broker Peer, fields map[string]string) (Batch, error) {
	response, err := broker.Call(ctx, newCommand(reqPullMessage, fields, nil))
	if err != nil {
		return Batch{}, err
	}
	answered := &CodeError{response.Code, response.Remark}
	switch response.Code {
	case Success:
		return batchOf(response)
	case PullNotFound, PullRetryImmediately, PullOffsetMoved:
		b, err := rangeOf(response)
		if err == nil && response.Code != PullOffsetMoved {
			err = ErrNotFound
		}
		return b, errors.Join(err, answered)
	}
	return Batch{}, answered
}

func pullFields(q Queue, from int64, most int) map[string]string {
	fields := queueFields(q)
	fields["consumerGroup"] = ScanGroup
	fields["queueOffset"] = strconv.FormatInt(from, 10)
	fields["maxMsgNums"] = strconv.Itoa(most)
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
	b, err := rangeOf(response)
	if err == nil {
		b.Messages, err = DecodeMessages(response.Body)
	}
	return b, err
}

func rangeOf(response *Command) (b Batch, err error) {
	for name, into := range map[string]*int64{"nextBeginOffset": &b.Next, "minOffset": &b.Min, "maxOffset": &b.Max} {
		if *into, err = intField(response, name); err != nil {
			return b, err
		}
	}
	return b, nil
}
