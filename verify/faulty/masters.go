package faulty

import (
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// epoch is that of every master: no other is ever elected.
const epoch = 1

// role is what a process says that it is, empty where it does not answer. Of a group's two processes 0 is the master.
func (c *Cluster) role(now time.Duration, broker string, id int64) string {
	ago, crashed := c.since(now)
	hit := crashed && broker == c.groups[0]
	switch {
	case id == 0 && hit && ago < downFor:
		return ""
	case id == 0, hit && c.anomaly == TwoMasters && ago < stuckFor:
		return "master"
	}
	return "slave"
}

// report records what each process of a group says of itself.
func (l *Load) report(broker string) {
	for id := range int64(2) {
		role := l.Cluster.role(l.now, broker, id)
		if role == "" {
			continue
		}
		process := fmt.Sprintf("%s-%d", broker, id)
		l.append(&history.Change{At: l.now, Broker: broker, Process: process, Address: process + ":10911", ID: id, Role: role, Epoch: epoch,
			InSync: true, Writable: role == "master", By: process + ":10911"})
	}
}
