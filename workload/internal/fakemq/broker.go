package fakemq

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Broker is one broker process with its messages in memory; they outlive Close.
type Broker struct {
	*server
	Group string
	ID    int64
	Names []*NameServer // told of new topics

	mu      sync.Mutex
	topics  map[string][][]Message
	ahead   map[queueKey]int64 // how many offsets were given away
	half    []half             // messages of transactions
	delayed []time.Duration    // how long each message was kept that was for later
	indexed string             // the topic whose index was read last
	Deleted []string           // topics and groups that it was told to delete
	States  int                // how often it was asked for its state

	// What it may be told to do. Set them with Set.
	SendCode  int               // answer sends so, without storing
	After     int               // answer sends so, after storing
	GivesAway bool              // give an offset away before refusing what is illegal, as 5.1.0 does
	Hidden    int64             // how many messages at each queue's end consumers do not see yet
	Denied    int64             // how many messages at each queue's end it does not count, though it serves them
	Behind    int64             // how many bytes it says that its consume queues are behind
	Front     int64             // the first place of every queue that it did not delete
	LogBegin  int64             // where it says that its log begins
	LogEnd    int64             // where it says that its log ends
	Holes     map[int64]bool    // places of every queue that it passes over
	Repeats   map[int64]bool    // places of every queue that hold the message of the place before
	Reversed  bool              // serve each batch in reverse
	SendsBack int64             // send readers back by so many places
	Epoch     int64             // the newest in its epoch file; 0: it is in no controller mode
	HA        string            // answer to a question for replication
	Config    map[string]string // beside name and id
	Offsets   string            // its table of committed offsets, in JSON
}

// Message is one stored message.
type Message struct {
	Body       []byte
	Properties string
	Ahead      int64 // by how much the offset that it states is above its place
}

type queueKey struct {
	topic string
	queue int
}

// NewBroker starts a broker on the loopback interface and registers it with the NameServers.
func NewBroker(t *testing.T, group string, id int64, names ...*NameServer) *Broker {
	return (*Network)(nil).NewBroker(t, group, id, names...)
}

// NewBroker starts a broker in the network and registers it with the NameServers.
func (n *Network) NewBroker(t *testing.T, group string, id int64, names ...*NameServer) *Broker {
	b := &Broker{Group: group, ID: id, Names: names, topics: map[string][][]Message{}, ahead: map[queueKey]int64{}}
	b.HA = `{"master":true}`
	b.server = newServer(t, n, b.handle, b.askOpen)
	for _, n := range names {
		n.Register(group, id, b.Address())
	}
	return b
}

// Set changes the broker while it runs.
func (b *Broker) Set(change func(*Broker)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b)
}

// CreateTopic makes a topic with empty queues, known to the NameServers.
func (b *Broker) CreateTopic(topic string, queues int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.create(topic, queues)
}

func (b *Broker) create(topic string, queues int) {
	if b.topics[topic] == nil {
		b.topics[topic] = make([][]Message, queues)
	}
	for _, n := range b.Names {
		n.Topic(topic, b.Group, queues)
	}
}

// DropTopic loses a topic with all its messages.
func (b *Broker) DropTopic(topic string) {
	b.Set(func(b *Broker) { delete(b.topics, topic) })
}

// Store appends a message as if it had been sent.
func (b *Broker) Store(topic string, queue int, m Message) {
	b.Set(func(b *Broker) { b.topics[topic][queue] = append(b.topics[topic][queue], m) })
}

// Truncate loses the last messages of a queue.
func (b *Broker) Truncate(topic string, queue, lost int) {
	b.Set(func(b *Broker) {
		q := b.topics[topic][queue]
		b.topics[topic][queue] = q[:len(q)-lost]
	})
}

// Replicate makes the broker a slave that has all that its master has now.
func (b *Broker) Replicate(master *Broker) {
	master.mu.Lock()
	defer master.mu.Unlock()
	b.Set(func(b *Broker) {
		for topic, queues := range master.topics {
			b.topics[topic] = nil
			for _, q := range queues {
				b.topics[topic] = append(b.topics[topic], slices.Clone(q))
			}
		}
		b.HA = `{"master":false,"haClientRuntimeInfo":{"maxOffset":0}}`
	})
}

// Stored is how many messages a topic holds.
func (b *Broker) Stored(topic string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, q := range b.topics[topic] {
		n += len(q)
	}
	return n
}

func (b *Broker) handle(cmd *remoting.Command) *remoting.Command {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := cmd.ExtFields
	switch cmd.Code {
	case 10:
		return b.send(f["topic"], f["queueId"], Message{Body: cmd.Body, Properties: f["properties"]})
	case 310:
		return b.send(f["b"], f["e"], Message{Body: cmd.Body, Properties: f["i"]})
	case 11:
		return b.pull(f)
	case 37:
		return b.endTransaction(f)
	case 26:
		return &remoting.Command{Body: []byte(b.config())}
	case 28:
		b.States++
		return &remoting.Command{Body: []byte(`{"table":{"brokerVersionDesc":"V5_1_0","dispatchBehindBytes":"` + strconv.FormatInt(b.Behind, 10) +
			`","commitLogMinOffset":"` + strconv.FormatInt(b.LogBegin, 10) + `","commitLogMaxOffset":"` + strconv.FormatInt(b.LogEnd, 10) + `"}}`)}
	case 30, 31:
		return b.limit(cmd.Code == 30, f)
	case 34, 35:
		return &remoting.Command{}
	case 33:
		return b.view(f)
	case 321:
		return b.index(f)
	case 351:
		return b.topicConfig(f["topic"])
	case 1007:
		if b.Epoch == 0 {
			return failure(remoting.SystemError, "this request only for controllerMode ")
		}
		return &remoting.Command{Body: fmt.Appendf(nil, `{"brokerId":%d,"epochList":[{"epoch":%d},{"epoch":%d}]}`, b.ID, b.Epoch-1, b.Epoch)}
	case 907:
		return b.replication()
	}
	return b.administer(cmd.Code, f)
}

// administer lists, makes and removes topics and consumer groups.
func (b *Broker) administer(code int, f map[string]string) *remoting.Command {
	switch code {
	case 17:
		queues, _ := strconv.Atoi(f["writeQueueNums"])
		b.create(f["topic"], queues)
		return &remoting.Command{}
	case 21:
		return &remoting.Command{Body: []byte(b.allTopics())}
	case 43:
		return &remoting.Command{Body: []byte(`{"offsetTable":{` + b.Offsets + `}}`)}
	case 201:
		return &remoting.Command{Body: []byte(`{"subscriptionGroupTable":{"g":{"consumeEnable":true,"retryQueueNums":1}}}`)}
	case 207:
		b.Deleted = append(b.Deleted, f["groupName"])
		return &remoting.Command{}
	case 215:
		b.Deleted = append(b.Deleted, f["topic"])
		delete(b.topics, f["topic"])
		return &remoting.Command{}
	}
	return failure(remoting.NotSupported, "")
}

func (b *Broker) replication() *remoting.Command {
	if b.HA == "" {
		return failure(remoting.SystemError, "no replication")
	}
	return &remoting.Command{Body: []byte(b.HA)}
}

func (b *Broker) config() string {
	lines := []string{"brokerName=" + b.Group, fmt.Sprintf("brokerId=%d", b.ID), "flushDiskType=SYNC_FLUSH", "transactionTimeOut=0", "transactionCheckInterval=200"}
	if _, set := b.Config["brokerRole"]; !set {
		lines = append(lines, "brokerRole="+map[bool]string{true: "SYNC_MASTER", false: "SLAVE"}[b.ID == remoting.MasterID])
	}
	for k, v := range b.Config {
		lines = append(lines, k+"="+v)
	}
	return strings.Join(lines, "\n")
}

func (b *Broker) allTopics() string {
	var entries []string
	for topic, queues := range b.topics {
		entries = append(entries, fmt.Sprintf(`%q:{"topicName":%q,"readQueueNums":%d,"writeQueueNums":%d,"perm":6,"order":false,"attributes":{}}`, topic, topic, len(queues), len(queues)))
	}
	return `{"topicConfigTable":{` + strings.Join(entries, ",") + `}}`
}

func (b *Broker) topicConfig(topic string) *remoting.Command {
	if b.topics[topic] == nil {
		return failure(remoting.TopicNotExist, "No topic in this broker. topic: "+topic)
	}
	n := len(b.topics[topic])
	return &remoting.Command{Body: fmt.Appendf(nil, `{"topicName":%q,"readQueueNums":%d,"writeQueueNums":%d,"perm":6}`, topic, n, n)}
}
