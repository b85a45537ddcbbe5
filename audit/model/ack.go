package model

import (
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
)

// Ack is what an acknowledgement of a group waits for.
type Ack struct {
	// Copies is how many brokers hold a message when it is acknowledged, in the worst state in which the group still
	// acknowledges. Known is false when the configuration does not tell.
	Copies int
	Known  bool
	// Every says that every broker that may be elected holds it.
	Every bool
	// Keys are the settings that decide.
	Keys []string
}

// Mode returns how the group keeps copies, and whether all of its brokers agree.
func (g *Group) Mode() (Mode, bool) {
	for _, b := range g.Brokers {
		if b.Mode != g.Brokers[0].Mode {
			return b.Mode, false
		}
	}
	return g.Brokers[0].Mode, true
}

// Known says whether the configuration of every broker of the group could be read.
func (g *Group) Known() bool {
	for _, b := range g.Brokers {
		if !b.Known || b.Role == NoRole {
			return false
		}
	}
	return true
}

// Known says whether the configuration of every broker of the cluster could be read: only then is a broker that is
// not seen not there.
func (c *Cluster) Known() bool { return c.known }

// Leader returns the broker whose settings decide: a master, or any of those that may be elected.
func (g *Group) Leader() *Broker {
	for _, b := range g.Brokers {
		if b.Role != Slave {
			return b
		}
	}
	return g.Brokers[0]
}

// Ack derives what an acknowledgement is worth from the settings of the broker that gives it.
func (g *Group) Ack() Ack {
	b := g.Leader()
	mode, agreed := g.Mode()
	if !g.Known() || !agreed {
		return Ack{}
	}
	switch mode {
	case DLedger:
		return Ack{Copies: len(b.Peers())/2 + 1, Known: true, Every: true, Keys: []string{"enableDLegerCommitLog", "dLegerPeers"}}
	case Controlled:
		return g.controlled(b)
	}
	return g.static(b)
}

// static follows CommitLog: only a SYNC_MASTER waits, in the fourth version for one slave, in the fifth for as many
// copies as inSyncReplicas says, its own included.
func (g *Group) static(b *Broker) Ack {
	role, known := b.Text("brokerRole")
	ack := Ack{Copies: 1, Known: known, Keys: []string{"brokerRole"}}
	if role != "SYNC_MASTER" {
		return ack
	}
	if v := b.Version(); v.Known() && v.Major < 5 {
		if len(g.Slaves()) > 0 {
			ack.Copies = 2
		}
		return ack
	}
	ack.Keys = append(ack.Keys, "inSyncReplicas")
	n, ok := b.Int("inSyncReplicas")
	ack.Copies, ack.Known = max(n, 1), ok
	if b.Is("enableAutoInSyncReplicas") && b.Is("enableSlaveActingMaster") {
		ack.Keys = append(ack.Keys, "enableAutoInSyncReplicas", "minInSyncReplicas")
		least, ok := b.Int("minInSyncReplicas")
		ack.Copies, ack.Known = min(ack.Copies, max(least, 1)), ack.Known && ok
	}
	ack.Every = ack.Copies >= len(g.Brokers)
	return ack
}

// controlled follows CommitLog in controller mode: with allAckInSyncStateSet every in-sync copy has the message, and
// there are at least minInSyncReplicas of them; without it inSyncReplicas copies have it, whichever they are.
func (g *Group) controlled(b *Broker) Ack {
	least, okLeast := b.Int("minInSyncReplicas")
	if b.Is("allAckInSyncStateSet") {
		return Ack{Copies: max(least, 1), Known: okLeast, Every: true, Keys: []string{"allAckInSyncStateSet", "minInSyncReplicas"}}
	}
	n, ok := b.Int("inSyncReplicas")
	return Ack{
		Copies: max(n, 1), Known: ok, Every: n >= len(g.Brokers), Keys: []string{"allAckInSyncStateSet", "inSyncReplicas"},
	}
}

// Peer is one member of a Raft group.
type Peer struct{ ID, Host, Port string }

// Peers returns the DLedger group of a broker: "n0-host:port;n1-host:port".
func (b *Broker) Peers() []Peer {
	value, _ := b.Text("dLegerPeers")
	return ParsePeers(value)
}

// ParsePeers reads a list of peers. An identity ends at the first hyphen.
func ParsePeers(list string) []Peer {
	var all []Peer
	for _, text := range strings.Split(list, ";") {
		text = strings.TrimSpace(text)
		id, address, ok := strings.Cut(text, "-")
		if !ok || len(all) > 100 {
			continue
		}
		host, port := address, ""
		if at := strings.LastIndexByte(address, ':'); at >= 0 {
			host, port = address[:at], address[at+1:]
		}
		all = append(all, Peer{id, host, port})
	}
	return all
}

// ActingMaster says whether a slave of the group serves reads while the master is away.
func (g *Group) ActingMaster() bool {
	supported := false
	for _, p := range g.Cluster.NameServers {
		supported = supported || p.Instances[0].Is("supportActingMaster")
	}
	return g.Leader().Is("enableSlaveActingMaster") && supported
}

// Uncleanly says whether a controller may elect a broker that lacks acknowledged messages.
func (c *Cluster) Uncleanly() bool {
	for _, p := range c.Controllers {
		if p.Instances[0].Is("enableElectUncleanMaster") {
			return true
		}
	}
	return false
}

// Oldest returns the oldest known release of the cluster's brokers.
func (c *Cluster) Oldest() keys.Version {
	var oldest keys.Version
	for _, b := range c.Brokers {
		if v := b.Version(); v.Known() && (!oldest.Known() || v.Less(oldest)) {
			oldest = v
		}
	}
	return oldest
}
