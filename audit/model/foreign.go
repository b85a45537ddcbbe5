package model

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
)

// foreign names the resources that look like RocketMQ, and of which nothing is understood: another operator's. Silence
// about them would read as praise.
func (m *Model) foreign() {
	for _, o := range m.Objects {
		if looksLike(o) && !understood(o) {
			group, _, _ := strings.Cut(o.APIVersion, "/")
			m.unresolved(o.String(), o.Pos(), "the resource", fmt.Sprintf("kind %s of group %s looks like RocketMQ; its operator is not known here, and nothing of it is judged", o.Kind, group))
		}
	}
}

// understood says whether the audit knows what becomes of a resource of the project's own operator; Console and
// TopicTransfer run no server.
func understood(o input.Object) bool {
	switch o.Kind {
	case "Broker", "NameService", "Controller", "Console", "TopicTransfer":
		return strings.HasPrefix(o.APIVersion, "rocketmq.apache.org/")
	}
	return false
}

// serverKind matches what operators call the servers of RocketMQ, and of other brokers.
var serverKind = regexp.MustCompile(`(?i)^(message)?(broker|name(server|service|srv)|controller|proxy|mq)s?(cluster|group|set)?$`)

// looksLike says whether a custom resource stands for RocketMQ: by its group or kind, or by a kind that others use as well
// and a field that speaks of RocketMQ.
func looksLike(o input.Object) bool {
	group, _, versioned := strings.Cut(o.APIVersion, "/")
	if !versioned || !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") {
		return false
	}
	if strings.Contains(strings.ToLower(group+" "+o.Kind), "rocketmq") {
		return true
	}
	left := maxLookedAt
	return serverKind.MatchString(o.Kind) && speaks(o.Value.Get("spec"), &left)
}

// maxLookedAt bounds how many values of a resource are looked at.
const maxLookedAt = 2000

// speaks says whether a value, or one below it, holds a word of RocketMQ.
func speaks(v node.Value, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	if text := strings.ToLower(v.Text()); strings.Contains(text, "rocketmq") {
		return true
	}
	for _, f := range v.Fields() {
		switch f.Key {
		case "nameServers", "namesrvAddr", "nameServiceImage", "brokerClusterName", "replicaPerGroup":
			return true
		}
		if speaks(f.Value, left) {
			return true
		}
	}
	for _, item := range v.Items() {
		if speaks(item, left) {
			return true
		}
	}
	return false
}
