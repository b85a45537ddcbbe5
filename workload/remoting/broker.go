package remoting

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
)

// RuntimeInfo is what a broker says about itself, e.g. brokerVersionDesc, commitLogMaxOffset. Ask rarely: with its timer wheel
// on, as by default, it counts all 1.2 million slots for each answer, which takes a tenth of a second of a core and more
// (TimerMessageStore.getAllCongestNum, seen on 5.2.0).
func RuntimeInfo(ctx context.Context, broker Peer) (map[string]string, error) {
	var info struct {
		Table map[string]string `json:"table"`
	}
	err := callJSON(ctx, broker, newCommand(reqRuntimeInfo, nil, nil), &info)
	return info.Table, err
}

// DispatchBehind is how many bytes of a broker's log are not yet in its consume queues, where consumers find them.
func DispatchBehind(ctx context.Context, broker Peer) (int64, error) {
	return runtimeNumber(ctx, broker, "dispatchBehindBytes", "how far its consume queues are behind")
}

// LogBegin is where a broker's log begins: above 0 once the oldest of its files was deleted.
func LogBegin(ctx context.Context, broker Peer) (int64, error) {
	return runtimeNumber(ctx, broker, "commitLogMinOffset", "where its log begins")
}

// LogEnd is where the log ends that a broker has and, in a Raft group, knows to be on a majority.
func LogEnd(ctx context.Context, broker Peer) (int64, error) {
	return runtimeNumber(ctx, broker, "commitLogMaxOffset", "where its log ends")
}

func runtimeNumber(ctx context.Context, broker Peer, key, what string) (int64, error) {
	info, err := RuntimeInfo(ctx, broker)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(info[key], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the broker does not say %s: %w", what, err)
	}
	return n, nil
}

// Config is a broker's configuration as it runs, the defaults included.
func Config(ctx context.Context, broker Peer) (map[string]string, error) {
	response, err := call(ctx, broker, newCommand(reqBrokerConfig, nil, nil))
	if err != nil {
		return nil, err
	}
	config := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(response.Body)); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), "="); ok {
			config[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return config, nil
}

// HAStatus is the state of replication as one broker sees it.
type HAStatus struct {
	Master       bool      `json:"master"`
	MaxOffset    int64     `json:"masterCommitLogMaxOffset"` // of a master: the end of its commit log
	InSyncSlaves int       `json:"inSyncSlaveNums"`
	Connections  []HASlave `json:"haConnectionInfo"`    // of a master: its slaves
	Client       *HAClient `json:"haClientRuntimeInfo"` // of a slave: its side of the connection
}

// HASlave is one slave as its master sees it.
type HASlave struct {
	Address   string `json:"addr"` // the slave's end of the connection
	AckOffset int64  `json:"slaveAckOffset"`
	Behind    int64  `json:"diff"` // bytes that the slave has not acknowledged
	InSync    bool   `json:"inSync"`
}

// HAClient is a slave's own view. Times are Unix milliseconds.
type HAClient struct {
	Master            string `json:"masterAddr"`
	MaxOffset         int64  `json:"maxOffset"` // the end of the slave's commit log
	LastRead          int64  `json:"lastReadTimestamp"`
	LastWrite         int64  `json:"lastWriteTimestamp"`
	MasterFlushOffset int64  `json:"masterFlushOffset"`
}

// HA asks a broker about replication.
func HA(ctx context.Context, broker Peer) (HAStatus, error) {
	var status HAStatus
	err := callJSON(ctx, broker, newCommand(reqHAStatus, nil, nil), &status)
	return status, err
}

// Topic is a topic as one broker has it.
type Topic struct {
	Name  string `json:"topicName"`
	Read  int    `json:"readQueueNums"`
	Write int    `json:"writeQueueNums"`
	Perm  int    `json:"perm"`
	Type  string `json:"-"` // message type to create it with, e.g. FIFO; empty: none is named
}

// CreateTopic creates or changes a topic on one broker, which then registers it with its NameServers.
func CreateTopic(ctx context.Context, broker Peer, topic Topic) error {
	fields := map[string]string{
		"topic": topic.Name, "defaultTopic": "TBW102", "topicFilterType": "SINGLE_TAG", "topicSysFlag": "0", "order": "false",
		"readQueueNums": strconv.Itoa(topic.Read), "writeQueueNums": strconv.Itoa(topic.Write), "perm": strconv.Itoa(topic.Perm),
	}
	if topic.Type != "" {
		fields["attributes"] = "+message.type=" + topic.Type
	}
	_, err := call(ctx, broker, newCommand(reqCreateTopic, fields, nil))
	return err
}

// TopicOn asks a broker for a topic's configuration. Where it has none the error is a *CodeError with TopicNotExist.
func TopicOn(ctx context.Context, broker Peer, topic string) (Topic, error) {
	var config Topic
	err := callJSON(ctx, broker, newCommand(reqTopicConfig, map[string]string{"topic": topic}, nil), &config)
	return config, err
}
