package fakemq

import (
	"encoding/binary"
	"hash/crc32"
	"strconv"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

func (b *Broker) send(topic, queueText string, m Message) *remoting.Command {
	queue, err := strconv.Atoi(queueText)
	queues := b.topics[topic]
	switch {
	case b.SendCode != 0:
		return failure(b.SendCode, "told to")
	case queues == nil:
		return failure(remoting.TopicNotExist, "topic["+topic+"] not exist, apply first please!")
	case err != nil || queue >= len(queues):
		return failure(remoting.SystemError, "queue "+queueText)
	}
	offset := len(queues[queue])
	queues[queue] = append(queues[queue], m)
	return &remoting.Command{Code: b.After, ExtFields: map[string]string{
		"msgId": "0000000000000000", "queueId": queueText, "queueOffset": strconv.Itoa(offset),
	}}
}

// limit answers with a queue's highest or lowest offset. A real broker makes up a queue that it does not have.
func (b *Broker) limit(highest bool, f map[string]string) *remoting.Command {
	n := int64(len(b.queue(f)))
	if !highest {
		n = 0
	} else if f["committed"] == "true" {
		n = max(0, n-b.Hidden)
	}
	return &remoting.Command{ExtFields: map[string]string{"offset": strconv.FormatInt(n, 10)}}
}

func (b *Broker) queue(f map[string]string) []Message {
	id, _ := strconv.Atoi(f["queueId"])
	if queues := b.topics[f["topic"]]; id < len(queues) {
		return queues[id]
	}
	return nil
}

// pullCount is small, so that tests see many batches.
const pullCount = 3

func (b *Broker) pull(f map[string]string) *remoting.Command {
	if b.topics[f["topic"]] == nil {
		return failure(remoting.TopicNotExist, "topic["+f["topic"]+"] not exist, apply first please!")
	}
	queue := b.queue(f)
	from, _ := strconv.ParseInt(f["queueOffset"], 10, 64)
	id, _ := strconv.Atoi(f["queueId"])
	end := int64(len(queue)) - b.Hidden
	var body []byte
	next := from
	for count := 0; next < end && count < pullCount; next++ {
		if b.Holes[next] {
			continue
		}
		body = append(body, Encode(f["topic"], int32(id), next, queue[next])...)
		count++
	}
	if len(body) == 0 {
		return failure(remoting.PullNotFound, "OFFSET_OVERFLOW_ONE")
	}
	return &remoting.Command{Body: body, ExtFields: map[string]string{
		"nextBeginOffset": strconv.FormatInt(next, 10), "minOffset": "0", "maxOffset": strconv.FormatInt(end, 10),
	}}
}

// Encode is a message as RocketMQ stores it, version 1, with IPv4 addresses.
func Encode(topic string, queue int32, offset int64, m Message) []byte {
	data := make([]byte, 4, 128+len(m.Body))
	data = binary.BigEndian.AppendUint32(data, 0xDAA320A7)
	data = binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(m.Body)&0x7FFFFFFF)
	data = binary.BigEndian.AppendUint32(data, uint32(queue))
	data = append(data, make([]byte, 4)...) // the client's flag
	data = binary.BigEndian.AppendUint64(data, uint64(offset))
	data = append(data, make([]byte, 8+4+8+8+8+8+4+8)...) // physical offset to prepared transaction
	data = binary.BigEndian.AppendUint32(data, uint32(len(m.Body)))
	data = append(data, m.Body...)
	data = append(data, byte(len(topic)))
	data = append(data, topic...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(m.Properties)))
	data = append(data, m.Properties...)
	binary.BigEndian.PutUint32(data, uint32(len(data)))
	return data
}
