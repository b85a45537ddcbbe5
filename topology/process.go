package topology

import "fmt"

// Kind is what a server is.
type Kind string

// Kinds of servers. Agent is the workload's agent, which is no part of RocketMQ.
const (
	Broker     Kind = "broker"
	NameServer Kind = "nameserver"
	Controller Kind = "controller"
	Proxy      Kind = "proxy"
	Agent      Kind = "agent"
)

// Role is what a server does in its group at a moment. NameServers, proxies, and servers whose role nobody reports have none.
type Role string

// Roles of brokers (Master, Slave) and of controllers (Leader, Follower).
const (
	Master   Role = "master"
	Slave    Role = "slave"
	Leader   Role = "leader"
	Follower Role = "follower"
)

// Roles that a configuration states, which a running server never has.
const (
	Elected Role = "elected" // decided while the cluster runs, by a controller or by DLedger
	NoRole  Role = "unknown" // the configuration does not tell
)

// Mode is how a broker group keeps copies and comes by its master.
type Mode string

// The modes.
const (
	Static     Mode = "static"
	Controlled Mode = "controller"
	DLedger    Mode = "DLedger"
)

// Unknown is the value of a number that nobody reports.
const Unknown = -1

// Process is one server: a container of a pod, and what the cluster reports about it at the moment of its Snapshot.
//
// Several servers may share one container and then one Identity: a controller inside a NameServer, the brokers of a
// broker container, a proxy inside a broker.
type Process struct {
	Kind        Kind
	Pod         string // name; empty for a registration at an address that no pod has
	UID         string // of the pod
	Container   string // name of the container in its pod
	ContainerID string // as the container runtime gave it; empty while it does not run
	Node        string // name of the pod's node
	Address     string // host:port at which clients reach it, as the cluster reports it, else by the pod's IP
	Version     string // as the server itself reports it, e.g. "V5_3_3"; empty where unknown

	Group    string // broker group (brokerName); empty for others and for a broker that no NameServer lists
	ID       int64  // broker id: 0 is a static or registered master; Unknown where unknown
	Role     Role
	Epoch    int64 // of the master's election; Unknown in a mode that has none
	InSync   bool  // a broker: the master, or a slave that counts for the promise of an acknowledgement
	Writable bool  // a broker that accepts messages: a master that answers, with as many in-sync replicas as it needs
	Leader   bool  // the controllers' leader
	Behind   int64 // bytes of the master's commit log that a slave lacks; 0 for a master; Unknown where unknown

	Owner Owner
	Error string // why the process did not answer or cannot be told; empty where all is known
}

// Owner is the object that makes the pod anew when it is gone: its controller, or the Deployment above a ReplicaSet.
type Owner struct {
	Kind string // "StatefulSet", "Deployment", "DaemonSet", ...; empty for a pod of its own
	Name string
}

func (o Owner) String() string {
	if o.Kind == "" {
		return "no owner"
	}
	return o.Kind + " " + o.Name
}

// Identity tells this process from the one that takes its place: the pod's UID and the container's id.
func (p Process) Identity() string { return p.UID + "/" + p.ContainerID }

// String names the process as a user would: "broker broker-a/1 (slave) in pod broker-a-1".
func (p Process) String() string {
	name := string(p.Kind)
	if p.Kind == Broker && p.Group != "" {
		name = fmt.Sprintf("broker %s/%d", p.Group, p.ID)
	}
	if p.Role != "" {
		name += fmt.Sprintf(" (%s)", p.Role)
	}
	if p.Pod == "" {
		return name + " at " + p.Address
	}
	return name + " in pod " + p.Pod
}
