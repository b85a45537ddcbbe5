package fakemq

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// NameServer knows the brokers that it is told of.
type NameServer struct {
	*server
	mu      sync.Mutex
	brokers map[string]map[int64]string // group, id, address
	topics  map[string]map[string]int   // topic, group, queues
}

// NewNameServer starts a NameServer on the loopback interface.
func NewNameServer(t *testing.T) *NameServer { return (*Network)(nil).NewNameServer(t) }

// NewNameServer starts a NameServer in the network.
func (in *Network) NewNameServer(t *testing.T) *NameServer {
	n := &NameServer{brokers: map[string]map[int64]string{}, topics: map[string]map[string]int{}}
	n.server = newServer(t, in, n.handle, nil)
	return n
}

// Register makes a broker known at an address, which need not be where it is.
func (n *NameServer) Register(group string, id int64, address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.brokers[group] == nil {
		n.brokers[group] = map[int64]string{}
	}
	n.brokers[group][id] = address
}

// Unregister forgets a broker.
func (n *NameServer) Unregister(group string, id int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.brokers[group], id)
	if len(n.brokers[group]) == 0 {
		delete(n.brokers, group)
	}
}

// Topic makes a topic known on a group.
func (n *NameServer) Topic(topic, group string, queues int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.topics[topic] == nil {
		n.topics[topic] = map[string]int{}
	}
	n.topics[topic][group] = queues
}

func (n *NameServer) handle(cmd *remoting.Command) *remoting.Command {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch cmd.Code {
	case 105:
		return n.route(cmd.ExtFields["topic"])
	case 216:
		delete(n.topics, cmd.ExtFields["topic"])
		return &remoting.Command{}
	case 106:
		return &remoting.Command{Body: []byte(n.cluster())}
	}
	return failure(remoting.NotSupported, "")
}

func (n *NameServer) route(topic string) *remoting.Command {
	groups := n.topics[topic]
	var queues, brokers []string
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		if len(n.brokers[group]) == 0 {
			continue
		}
		queues = append(queues, fmt.Sprintf(`{"brokerName":%q,"perm":6,"readQueueNums":%d,"topicSysFlag":0,"writeQueueNums":%d}`, group, groups[group], groups[group]))
		brokers = append(brokers, n.group(group, `"%d":%q`))
	}
	if len(queues) == 0 {
		return failure(remoting.TopicNotExist, "No topic route info in name server for the topic: "+topic)
	}
	return &remoting.Command{Body: []byte(`{"brokerDatas":[` + strings.Join(brokers, ",") + `],"filterServerTable":{},"queueDatas":[` + strings.Join(queues, ",") + `]}`)}
}

// cluster is in fastjson's manner: integer keys without quotes.
func (n *NameServer) cluster() string {
	var groups []string
	for _, group := range slices.Sorted(maps.Keys(n.brokers)) {
		groups = append(groups, fmt.Sprintf("%q:%s", group, n.group(group, `%d:%q`)))
	}
	return `{"brokerAddrTable":{` + strings.Join(groups, ",") + `},"clusterAddrTable":{"test":["x"]}}`
}

func (n *NameServer) group(group, form string) string {
	var addresses []string
	for _, id := range slices.Sorted(maps.Keys(n.brokers[group])) {
		addresses = append(addresses, fmt.Sprintf(form, id, n.brokers[group][id]))
	}
	return fmt.Sprintf(`{"brokerAddrs":{%s},"brokerName":%q,"cluster":"test"}`, strings.Join(addresses, ","), group)
}
