package faulty

import (
	"fmt"
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// epoch is that of a group's master: the one that crashed is elected again when it is back.
func (c *Cluster) epoch(now time.Duration, broker string) int64 {
	if _, crashed := c.since(now); crashed && broker == c.groups[0] {
		return 2
	}
	return 1
}

// role is what a process says that it is, empty where it does not answer. Of a group's two processes 0 is the master.
func (c *Cluster) role(now time.Duration, broker string, id int64) string {
	ago, crashed := c.since(now)
	hit := crashed && broker == c.groups[0]
	switch {
	case id == 0 && hit && ago < downFor:
		return ""
	case id == 0 && hit && c.anomaly == ElectLate && ago < stuckFor:
	case id == 0, hit && c.anomaly == TwoMasters && ago < stuckFor:
		return "master"
	}
	return "slave"
}

// left tells whether a slave stays behind its master after the crash.
func (c *Cluster) left(now time.Duration, broker string, id int64) bool {
	_, crashed := c.since(now)
	return crashed && c.anomaly == LeaveBehind && broker == c.groups[0] && id == 1
}

// report records what each process of a group says of itself.
func (l *Load) report(broker string) {
	for id := range int64(2) {
		role := l.Cluster.role(l.now, broker, id)
		if role == "" {
			continue
		}
		process := fmt.Sprintf("%s-%d", broker, id)
		l.append(&history.Change{At: l.now, Broker: broker, Process: process, Address: process + ":10911", ID: id, Role: role, Epoch: l.Cluster.epoch(l.now, broker),
			InSync: !l.Cluster.left(l.now, broker, id), Writable: role == "master", By: process + ":10911"})
	}
}

// committed records what a group's master says that readers have consumed: so many messages a second.
func (l *Load) committed(broker string) {
	if l.Cluster.role(l.now, broker, 0) != "master" {
		return
	}
	at := int64(l.now / time.Second)
	if _, crashed := l.Cluster.since(l.now); crashed && l.Cluster.anomaly == RewindOffsets && broker == l.Cluster.groups[0] {
		at = max(0, at-20)
	}
	l.append(&history.State{At: l.now, Broker: broker, Address: broker + "-0:10911", What: "offset", Name: group + " in t/0", Value: strconv.FormatInt(at, 10)})
}

// look records what topics each process has. Only the one that crashed can forget any.
func (l *Load) look() {
	for _, broker := range l.Cluster.groups {
		for id := range int64(2) {
			s := history.State{At: l.now, Broker: broker, Address: fmt.Sprintf("%s-%d:10911", broker, id), What: "look"}
			l.append(&s)
			if _, crashed := l.Cluster.since(l.now); crashed && l.Cluster.anomaly == ForgetTopic && broker == l.Cluster.groups[0] && id == 0 {
				continue
			}
			topic := s
			topic.What, topic.Name, topic.Value = "topic", "t", "writeQueueNums 2"
			l.append(&topic)
		}
	}
}
