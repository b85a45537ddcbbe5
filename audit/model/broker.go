package model

import (
	"path"
	"strings"

	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/shell"
	"github.com/rmqproof/rmqproof/topology"
)

// Role and Mode are those of a running cluster: what a configuration says is held against what is seen.
type (
	Role = topology.Role
	Mode = topology.Mode
)

// The roles. Elected brokers get theirs from a controller or from DLedger.
const (
	Master  = topology.Master
	Slave   = topology.Slave
	Elected = topology.Elected
	NoRole  = topology.NoRole
)

// The modes.
const (
	Static     = topology.Static
	Controlled = topology.Controlled
	DLedger    = topology.DLedger
)

// Broker is one broker process in one pod.
type Broker struct {
	*Instance
	Cluster *Cluster
	Group   *Group
	Name    string
	// Identified says that the name is known.
	Identified bool
	ID         int
	Role       Role
	Mode       Mode
	// Single marks a group mode that is not known because the configuration is not.
	Known bool
}

func newBroker(c *Cluster, i *Instance) *Broker {
	b := &Broker{Instance: i, Cluster: c, Mode: Static, Known: i.Config.Unknown == "" && !i.Config.Missing}
	b.Name, b.Identified = b.name()
	switch {
	case i.Is("enableControllerMode"):
		b.Mode, b.Role, b.ID = Controlled, Elected, -1
	case i.Is("enableDLegerCommitLog"):
		b.Mode, b.Role, b.ID = DLedger, Elected, -1
	default:
		b.staticRole()
	}
	return b
}

// name is the host's name when the file has none, so the pod's.
func (b *Broker) name() (string, bool) {
	s := b.Get("brokerName")
	switch {
	case s.Unknown != "":
		return shell.Show(s.Value), false
	case s.Set && s.Value != "":
		return s.Value, true
	case b.Config.Missing || b.Pod == "":
		return "of " + b.Workload.Object.String(), false
	}
	return b.Pod, true
}

// staticRole follows BrokerStartup: a master's id is always 0, whatever the file says.
func (b *Broker) staticRole() {
	role := b.Get("brokerRole")
	switch {
	case role.Unknown != "":
		b.Role, b.ID = NoRole, -1
	case role.Value == "SLAVE":
		b.Role = Slave
		b.ID, _ = b.Int("brokerId")
	default:
		b.Role, b.ID = Master, 0
	}
}

// Storage is where a path of a broker lies.
type Storage struct {
	Path string
	// Kind is one of "claim", "template", "emptyDir", "hostPath", "container", "ephemeral", "other" and "unknown".
	Kind   string
	Mount  Mount
	Volume node.Value
	// Claim is the name of a claim of its own; Template that of a StatefulSet's.
	Claim string
	Why   string
}

// Persistent says whether the data survives the pod.
func (s Storage) Persistent() bool {
	return s.Kind == "claim" || s.Kind == "template" || s.Kind == "hostPath" || s.Kind == "other"
}

// CommitLog, Root and the others are the paths of the store.
func (b *Broker) CommitLog() Storage {
	s := b.Get("storePathCommitLog")
	if b.Mode == DLedger {
		// DLedger keeps its log below the root, in a folder of the broker's own name.
		if d := b.Get("storePathDLedgerCommitLog"); d.Set && d.Value != "" {
			return b.Storage(d)
		}
		return b.Root()
	}
	if !s.Set && s.Unknown == "" || !s.Set && b.Get("storePathRootDir").Unknown == "" {
		s = b.Get("storePathRootDir")
		if s.Unknown == "" {
			s.Value = path.Join(s.Value, "commitlog")
		}
	}
	return b.Storage(s)
}

// Root is the store's root: topics, consumer offsets, consume queues and indexes lie below it.
func (b *Broker) Root() Storage { return b.Storage(b.Get("storePathRootDir")) }

// Storage finds what holds the path of a setting.
func (b *Broker) Storage(s Setting) Storage {
	first, _, _ := strings.Cut(s.Value, ",") // several commit log folders are written with commas
	if s.Unknown != "" {
		return Storage{Kind: "unknown", Why: s.Unknown, Path: shell.Show(s.Value)}
	}
	if !path.IsAbs(first) {
		first = path.Join(b.Command.Dir, first)
	}
	return b.Workload.StorageOf(b.Container, path.Clean(first))
}

// StorageOf finds what holds a path of a container.
func (w *Workload) StorageOf(c *Container, name string) Storage {
	st := Storage{Path: name, Kind: "container"}
	mount, ok := c.MountOf(name)
	if !ok {
		return st
	}
	st.Mount = mount
	if t, ok := w.Templates[mount.Volume]; ok {
		st.Kind, st.Claim, st.Volume = "template", mount.Volume, t
		return st
	}
	v, ok := w.Volumes[mount.Volume]
	st.Volume = v
	switch {
	case !ok:
		st.Kind, st.Why = "unknown", "the pod has no volume "+mount.Volume
	case v.Get("persistentVolumeClaim").Exists():
		st.Kind, st.Claim = "claim", v.Get("persistentVolumeClaim", "claimName").Text()
	case v.Get("emptyDir").Raw() != nil:
		st.Kind = "emptyDir"
	case v.Get("hostPath").Exists():
		st.Kind = "hostPath"
	case v.Get("ephemeral").Exists():
		st.Kind = "ephemeral"
	case v.Get("configMap").Exists(), v.Get("secret").Exists(), v.Get("projected").Exists(), v.Get("downwardAPI").Exists():
		st.Kind = "container"
	default:
		st.Kind = "other"
	}
	return st
}

// ListenPort is the port on which clients reach the broker; the fast one is two lower.
func (b *Broker) ListenPort() (int, bool) { return b.Int("listenPort") }

// SyncFlush says whether an acknowledged message is on the broker's disk.
func (b *Broker) SyncFlush() bool {
	value, known := b.Text("flushDiskType")
	return known && value == "SYNC_FLUSH"
}
