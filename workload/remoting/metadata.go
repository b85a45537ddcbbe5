package remoting

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Topics are the settings of every topic that a broker has, by name, each as one text. Settings that no user makes are left
// out: releases differ in them.
func Topics(ctx context.Context, broker Peer) (map[string]string, error) {
	var answer struct {
		Table map[string]map[string]json.RawMessage `json:"topicConfigTable"`
	}
	err := callJSON(ctx, broker, newCommand(reqAllTopics, nil, nil), &answer)
	return texts(answer.Table, "readQueueNums", "writeQueueNums", "perm", "order", "attributes"), err
}

// ConsumerGroups are the settings of every consumer group that a broker has, by name, as Topics gives those of topics.
func ConsumerGroups(ctx context.Context, broker Peer) (map[string]string, error) {
	var answer struct {
		Table map[string]map[string]json.RawMessage `json:"subscriptionGroupTable"`
	}
	err := callJSON(ctx, broker, newCommand(reqAllGroups, nil, nil), &answer)
	return texts(answer.Table, "consumeEnable", "consumeMessageOrderly", "retryQueueNums", "retryMaxTimes", "attributes"), err
}

// CommittedOffsets are the offsets that consumer groups have committed on a broker: by "topic@group", and by queue.
func CommittedOffsets(ctx context.Context, broker Peer) (map[string]map[int32]int64, error) {
	var answer struct {
		Table map[string]map[int32]int64 `json:"offsetTable"`
	}
	err := callJSON(ctx, broker, newCommand(reqAllOffsets, nil, nil), &answer)
	return answer.Table, err
}

// texts words some of the settings of each entry, in their order.
func texts(table map[string]map[string]json.RawMessage, keys ...string) map[string]string {
	out := map[string]string{}
	for name, settings := range table {
		var words []string
		for _, key := range keys {
			if value := string(settings[key]); value != "" && value != "{}" && value != "null" {
				words = append(words, key+" "+sorted(value))
			}
		}
		out[name] = strings.Join(words, ", ")
	}
	return out
}

// sorted writes an object of texts with its keys in order: brokers keep attributes in none.
func sorted(value string) string {
	var object map[string]string
	if json.Unmarshal([]byte(value), &object) != nil {
		return value
	}
	var words []string
	for _, key := range slices.Sorted(maps.Keys(object)) {
		words = append(words, fmt.Sprintf("%s=%s", key, object[key]))
	}
	return strings.Join(words, " ")
}
