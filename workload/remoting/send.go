package remoting

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Message is one message to send to one queue.
type Message struct {
	Topic      string
	Queue      int32
	Body       []byte
	Properties map[string]string
	Group      string // producer group
	Born       int64  // Unix milliseconds
}

// Sent is a broker's answer to a send that it did not refuse.
type Sent struct {
	Code   int // Success, FlushDiskTimeout, FlushSlaveTimeout or SlaveNotAvailable: only Success is an acknowledgement
	Queue  int32
	Offset int64
	ID     string
}

// Send sends one message. An error that is a *NotSentError, or a *CodeError for which Refused holds, tells that the
// message was not stored; after any other error it may have been.
func Send(ctx context.Context, broker Peer, m Message) (Sent, error) {
	response, err := broker.Call(ctx, newCommand(reqSendMessageV2, sendFields(m), m.Body))
	if err != nil {
		return Sent{}, err
	}
	switch response.Code {
	case Success, FlushDiskTimeout, FlushSlaveTimeout, SlaveNotAvailable:
		return sentOf(response)
	}
	return Sent{}, &CodeError{response.Code, response.Remark}
}

// Refused tells whether a response code to a send proves that nothing was appended. Codes that a broker also uses
// after an append, or may (SYSTEM_ERROR, SYSTEM_BUSY), prove nothing.
func Refused(code int) bool {
	switch code {
	case NotSupported, MessageIllegal, ServiceNotAvailable, VersionNotSupported, NoPermission, TopicNotExist:
		return true
	}
	return false
}

// sendFields uses the one-letter names of SEND_MESSAGE_V2. The default topic does not exist, so that a broker which
// has lost the topic refuses the message instead of creating the topic anew.
func sendFields(m Message) map[string]string {
	return map[string]string{
		"a": m.Group, "b": m.Topic, "c": "rmqproof-no-default", "d": "0", "e": strconv.Itoa(int(m.Queue)), "f": "0",
		"g": strconv.FormatInt(m.Born, 10), "h": "0", "i": encodeProperties(m.Properties), "j": "0", "k": "false", "m": "false",
	}
}

func sentOf(response *Command) (Sent, error) {
	queue, err := intField(response, "queueId")
	if err != nil {
		return Sent{}, err
	}
	offset, err := intField(response, "queueOffset")
	return Sent{Code: response.Code, Queue: int32(queue), Offset: offset, ID: response.ExtFields["msgId"]}, err
}

func intField(response *Command, name string) (int64, error) {
	n, err := strconv.ParseInt(response.ExtFields[name], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("answer %s has no usable %s: %w", CodeName(response.Code), name, err)
	}
	return n, nil
}

// Separators of the stored form of properties.
const (
	nameEnd     = "\x01"
	propertyEnd = "\x02"
)

func encodeProperties(properties map[string]string) string {
	var b strings.Builder
	for name, value := range properties {
		b.WriteString(name + nameEnd + value + propertyEnd)
	}
	return b.String()
}

func decodeProperties(s string) map[string]string {
	properties := map[string]string{}
	for property := range strings.SplitSeq(s, propertyEnd) {
		if name, value, ok := strings.Cut(property, nameEnd); ok {
			properties[name] = value
		}
	}
	return properties
}
