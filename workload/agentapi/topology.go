package agentapi

import (
	"slices"
	"time"
)

// Roles of a broker.
const (
	RoleMaster = "master"
	RoleSlave  = "slave"
)

// Reported answers GET /topology: what every server says now, side by side. Servers may contradict each other.
type Reported struct {
	At          time.Time    `json:"at"` // by the agent's clock, when the first question was asked
	NameServers []NameServer `json:"nameServers"`
	Brokers     []Broker     `json:"brokers"`     // that any NameServer lists; none where no NameServer answers
	Controllers []Controller `json:"controllers"` // that any broker has named; none without controller mode
}

// NameServer is one NameServer process.
type NameServer struct {
	Address string         `json:"address"`         // as resolved: IP:port
	Host    string         `json:"host"`            // as configured
	Brokers int            `json:"brokers"`         // broker processes in its cluster table
	Table   []Registration `json:"table,omitempty"` // its cluster table
	Error   string         `json:"error,omitempty"` // why it did not answer
}

// Registration is one line of a NameServer's cluster table. ID 0 is how NameServers mark a group's master, elected or not.
type Registration struct {
	Group   string `json:"group"`
	ID      int64  `json:"id"`
	Address string `json:"address"` // host:port
}

// Broker is one broker process, as NameServers list it and as it reports itself now.
type Broker struct {
	Group   string `json:"group"`   // brokerName
	ID      int64  `json:"id"`      // the broker's own word; as registered where it does not answer
	Address string `json:"address"` // host:port as registered
	Version string `json:"version"` // the broker's own word, e.g. "V5_1_0"
	Role    string `json:"role"`    // RoleMaster or RoleSlave: its own word; by its registration where it does not answer
	// Epoch is, in controller mode, the newest epoch in the broker's file, or that of its election where the leading
	// controller names it as master; else -1.
	Epoch int64 `json:"epoch"`
	// Behind is how many bytes of the master's commit log this slave lacks; 0 for a master; -1 where unknown.
	Behind int64 `json:"behind"`
	// Connected says, of a slave, that its master holds a replication connection from it; of a master, that it has one at least.
	Connected bool `json:"connected"`
	// InSync says, of a slave, that its master counts it as in sync. A master is in sync.
	InSync bool `json:"inSync"`
	// Writable says, of a master, that it appends what is sent to it; a slave never is.
	Writable bool `json:"writable"`
	// Config holds what the broker's own configuration says about durability (flushDiskType, inSyncReplicas, ...).
	Config map[string]string `json:"config,omitempty"`
	Error  string            `json:"error,omitempty"` // why the broker did not answer
}

// Controller is one controller process, with its own word about its Raft group.
type Controller struct {
	Host          string            `json:"host"`    // as a broker's configuration names it
	Address       string            `json:"address"` // as resolved: IP:port
	Group         string            `json:"group"`
	Leader        bool              `json:"leader"`
	LeaderID      string            `json:"leaderId"`
	LeaderAddress string            `json:"leaderAddress"`
	Peers         map[string]string `json:"peers,omitempty"`  // host:port by id, or by itself where controllers name none
	Groups        []SyncStateSet    `json:"groups,omitempty"` // broker groups; only the leader knows them
	Error         string            `json:"error,omitempty"`  // why it did not answer, or not all
}

// SyncStateSet is what the leading controller knows of one broker group.
type SyncStateSet struct {
	Group         string    `json:"group"`
	MasterID      int64     `json:"masterId"`      // 0 where the controller does not say it (5.1.0)
	MasterAddress string    `json:"masterAddress"` // empty while the group has no master
	MasterEpoch   int64     `json:"masterEpoch"`
	Epoch         int64     `json:"epoch"` // of the set itself
	InSync        []Replica `json:"inSync"`
	NotInSync     []Replica `json:"notInSync"`
}

// Replica is one broker in a controller's books.
type Replica struct {
	ID      int64  `json:"id"`
	Address string `json:"address,omitempty"`
}

// ReplicaID is the id of a broker that stays when masters change: the controller's, where there is one that says it.
// That of 5.1.0 does not, of masters: they have 0.
func ReplicaID(b Broker, controllers []Controller) int64 {
	for _, c := range controllers {
		for _, g := range c.Groups {
			if g.Group != b.Group {
				continue
			}
			for _, r := range slices.Concat(g.InSync, g.NotInSync) {
				if r.Address == b.Address && r.ID > 0 {
					return r.ID
				}
			}
		}
	}
	return b.ID
}
