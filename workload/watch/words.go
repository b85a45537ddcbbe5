package watch

import (
	"slices"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// statements are what servers said at one look.
type statements struct {
	changes  []history.Change
	answered map[string]bool // who said something
}

func (s statements) names(w subject) bool {
	return slices.ContainsFunc(s.changes, func(c history.Change) bool {
		return c.By == w.by && c.Broker == w.group && c.Address == w.address
	})
}

func words(r agentapi.Reported) statements {
	s := statements{answered: map[string]bool{}}
	for _, n := range r.NameServers {
		if n.Error == "" {
			s.nameServer(n)
		}
	}
	for _, b := range r.Brokers {
		s.broker(b)
	}
	for _, c := range r.Controllers {
		for _, g := range c.Groups {
			s.controller(c.Host, g)
		}
	}
	return s
}

func (s *statements) say(c history.Change) {
	c.Process = c.Address // pods and containers are not known here
	s.answered[c.By] = true
	s.changes = append(s.changes, c)
}

// nameServer takes a cluster table: a route, and no knowledge of who is writable or in sync.
func (s *statements) nameServer(n agentapi.NameServer) {
	s.answered[n.Host] = true
	for _, r := range n.Table {
		s.say(history.Change{Broker: r.Group, Address: r.Address, ID: r.ID, Role: role(r.ID == remoting.MasterID), By: n.Host})
	}
}

// broker takes a broker's word for itself.
func (s *statements) broker(b agentapi.Broker) {
	c := history.Change{Broker: b.Group, Address: b.Address, ID: b.ID, Role: b.Role, Epoch: max(0, b.Epoch), InSync: b.InSync, Writable: b.Writable, By: b.Address}
	if b.Error != "" {
		c = history.Change{Broker: b.Group, Address: b.Address, ID: b.ID, Role: RoleGone, By: b.Address}
	}
	s.say(c)
}

// controller takes the leader's books of a broker group.
func (s *statements) controller(by string, g agentapi.SyncStateSet) {
	for inSync, list := range map[bool][]agentapi.Replica{true: g.InSync, false: g.NotInSync} {
		for _, r := range list {
			master := r.Address == g.MasterAddress && r.Address != ""
			c := history.Change{Broker: g.Group, Address: r.Address, ID: r.ID, Role: role(master), InSync: inSync, By: by}
			if master {
				c.Epoch = g.MasterEpoch
			}
			s.say(c)
		}
	}
}

func role(master bool) string {
	if master {
		return agentapi.RoleMaster
	}
	return agentapi.RoleSlave
}
