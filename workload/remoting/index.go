package remoting

import (
	"context"
	"fmt"
	"strconv"
)

// Entry is one place of a consume queue: where in the commit log its message is.
type Entry struct {
	Physical int64 `json:"physicOffset"`
	Size     int32 `json:"physicSize"`
}

// Index reads entries of a broker's consume queue from a place on. Slaves answer as well, which refuse to be
// pulled from. At the queue's end there are none.
func Index(ctx context.Context, broker Peer, q Queue, from int64) ([]Entry, error) {
	fields := queueFields(q)
	fields["index"], fields["count"] = strconv.FormatInt(from, 10), strconv.Itoa(indexBatch)
	response, err := call(ctx, broker, newCommand(reqConsumeQueue, fields, nil))
	if err != nil || len(response.Body) == 0 {
		return nil, err
	}
	var body struct {
		Entries []Entry `json:"queueData"`
	}
	err = unmarshal(response.Body, &body)
	return body.Entries, err
}

// indexBatch is the number of entries asked for at once.
const indexBatch = 256

// View reads the message at a place of the commit log. Where the log holds none the error is a *CodeError.
func View(ctx context.Context, broker Peer, physical int64) (Stored, error) {
	fields := map[string]string{"offset": strconv.FormatInt(physical, 10)}
	response, err := call(ctx, broker, newCommand(reqViewMessage, fields, nil))
	if err != nil {
		return Stored{}, err
	}
	messages, err := DecodeMessages(response.Body)
	if err == nil && len(messages) != 1 {
		err = fmt.Errorf("the answer holds %d messages", len(messages))
	}
	if err != nil {
		return Stored{}, fmt.Errorf("the message at %d of the commit log: %w", physical, err)
	}
	return messages[0], nil
}
