package rules

import (
	"fmt"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/node"
)

// each calls f for every process.
func (r *run) each(f func(*model.Process)) {
	for _, w := range r.Workloads {
		for _, p := range w.Processes {
			f(p)
		}
	}
}

// role calls f for every process of a role.
func (r *run) role(role keys.Server, f func(*model.Process)) {
	r.each(func(p *model.Process) {
		if p.Role == role {
			f(p)
		}
	})
}

// brokers calls f for every broker.
func (r *run) brokers(f func(*model.Broker)) {
	for _, c := range r.Clusters {
		for _, b := range c.Brokers {
			r.at = b.Group
			f(b)
		}
	}
	r.at = nil
}

// groups calls f for every broker group.
func (r *run) groups(f func(*model.Group)) {
	for _, c := range r.Clusters {
		for _, g := range c.Groups {
			r.at = g
			f(g)
		}
	}
	r.at = nil
}

// set is a fix of one key.
func set(key string, value any) string { return fmt.Sprintf("%s=%v", key, value) }

// fifth says whether the release is of the fifth version, or unknown: nobody starts anew with the fourth.
func fifth(v keys.Version) bool { return !v.Known() || v.Major >= 5 }

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}

// envPos is the place of a variable of a container.
func envPos(p *model.Process, name string) node.Pos {
	for _, e := range p.Container.Value.Get("env").Items() {
		if e.Get("name").Text() == name {
			return e.Pos()
		}
	}
	return p.Container.Value.Pos()
}
