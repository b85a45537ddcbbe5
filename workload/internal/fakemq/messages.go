package fakemq

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Limits of a message, as a real broker's defaults have them.
const (
	maxBody       = 4 << 20
	maxProperties = 1<<15 - 1
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
	case strings.Contains(m.Properties, "TIMER_DELAY_SEC"):
		return failure(remoting.MessageIllegal, "timer message illegal")
	case len(m.Body) > maxBody || len(m.Properties) > maxProperties:
		if b.GivesAway {
			b.ahead[queueKey{topic, queue}]++
		}
		return failure(remoting.MessageIllegal, "the message is illegal")
	}
	if b.keepApart(queueKey{topic, queue}, m) {
		return &remoting.Command{Code: b.After, ExtFields: map[string]string{
			"msgId": fmt.Sprintf("%032x", max(0, len(b.half)-1)), "transactionId": "t", "queueId": "0", "queueOffset": strconv.Itoa(max(0, len(b.half)-1)),
		}}
	}
	m.Ahead = b.ahead[queueKey{topic, queue}]
	offset := int64(len(queues[queue])) + m.Ahead
	queues[queue] = append(queues[queue], m)
	return &remoting.Command{Code: b.After, ExtFields: map[string]string{
		"msgId": strings.Repeat("0", 32), "queueId": queueText, "queueOffset": strconv.FormatInt(offset, 10),
	}}
}

// limit answers with a queue's highest or lowest offset. A real broker makes up a queue that it does not have.
func (b *Broker) limit(highest bool, f map[string]string) *remoting.Command {
	n := int64(len(b.queue(f))) - b.Denied
	if !highest {
		n = b.Front
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
	switch {
	case b.topics[f["topic"]] == nil:
		return failure(remoting.TopicNotExist, "topic["+f["topic"]+"] not exist, apply first please!")
	case b.ID != remoting.MasterID:
		return failure(remoting.SystemBusy, "[REJECTREQUEST]the broker is a slave")
	}
	queue := b.queue(f)
	from, _ := strconv.ParseInt(f["queueOffset"], 10, 64)
	most, _ := strconv.Atoi(f["maxMsgNums"])
	end := int64(len(queue)) - b.Hidden
	if from < b.Front {
		return &remoting.Command{Code: remoting.PullOffsetMoved, ExtFields: map[string]string{
			"nextBeginOffset": strconv.FormatInt(b.Front, 10), "minOffset": strconv.FormatInt(b.Front, 10), "maxOffset": strconv.FormatInt(end, 10)}}
	}
	var found [][]byte
	next := from
	for ; next < end && len(found) < min(most, pullCount); next++ {
		if !b.Holes[next] {
			found = append(found, b.at(f, next))
		}
	}
	if b.Reversed {
		slices.Reverse(found)
	}
	answer := &remoting.Command{Body: slices.Concat(found...), ExtFields: map[string]string{
		"nextBeginOffset": strconv.FormatInt(max(0, next-b.SendsBack), 10), "minOffset": "0", "maxOffset": strconv.FormatInt(end, 10),
	}}
	if len(found) == 0 {
		answer.Code, answer.Remark = remoting.PullNotFound, "OFFSET_OVERFLOW_ONE"
		if next > from {
			answer.Code, answer.Remark = remoting.PullRetryImmediately, "MESSAGE_WAS_REMOVING"
		}
	}
	return answer
}

// at is the message at a place of a queue as it is stored: one that is repeated lies at the place before too.
func (b *Broker) at(f map[string]string, place int64) []byte {
	queue := b.queue(f)
	if b.Repeats[place] {
		place--
	}
	id, _ := strconv.Atoi(f["queueId"])
	return Encode(f["topic"], int32(id), place+queue[place].Ahead, queue[place])
}

// index is a consume queue's entries: a physical offset is made of queue and place, for a broker with one topic.
func (b *Broker) index(f map[string]string) *remoting.Command {
	from, _ := strconv.ParseInt(f["index"], 10, 64)
	id, _ := strconv.ParseInt(f["queueId"], 10, 64)
	var entries []string
	for place := from; place < int64(len(b.queue(f))) && len(entries) < pullCount; place++ {
		entries = append(entries, fmt.Sprintf(`{"eval":false,"physicOffset":%d,"physicSize":1,"tagsCode":0}`, id<<32|place))
	}
	b.indexed = f["topic"]
	return &remoting.Command{Body: []byte(`{"maxQueueIndex":9,"queueData":[` + strings.Join(entries, ",") + `]}`)}
}

func (b *Broker) view(f map[string]string) *remoting.Command {
	physical, _ := strconv.ParseInt(f["offset"], 10, 64)
	place := physical & 0xFFFFFFFF
	if b.Holes[place] {
		return failure(remoting.SystemError, "can not find message by the offset, "+f["offset"])
	}
	return &remoting.Command{Body: b.at(map[string]string{"topic": b.indexed, "queueId": strconv.FormatInt(physical>>32, 10)}, place)}
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
