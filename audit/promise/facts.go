package promise

import (
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// facts are what decides about a group.
type facts struct {
	known   bool
	unknown string
	mode    model.Mode
	ack     model.Ack
	brokers int
	slaves  int
	// groups counts those of the cluster that take sends.
	groups int
	// minInSync is how many in-sync copies a send needs, the sender's own included.
	minInSync int
	uncleanly bool
	// sync is SYNC_FLUSH on the brokers that acknowledge; interval is how often the others write, in milliseconds.
	sync     bool
	interval int
	pool     bool
	// store is "persistent", "bound" to its node, "pod" when it ends with the pod, or "unknown"; ends says what ends.
	store, ends string
	// apart says that copies are kept on different nodes, zones that they are kept in different zones.
	apart, zones bool
	// swallows says that an error of the disk is acknowledged.
	swallows bool
	keys     []Key
}

func factsOf(m *model.Model, g *model.Group) facts {
	b := g.Leader()
	mode, agreed := g.Mode()
	f := facts{
		known: g.Known() && agreed, mode: mode, ack: g.Ack(), brokers: len(g.Brokers), slaves: len(g.Slaves()),
		groups: len(g.Cluster.Groups), uncleanly: mode == model.Controlled && g.Cluster.Uncleanly(), sync: b.SyncFlush(), pool: b.Is("transientStorePoolEnable") && !b.SyncFlush(),
		apart: model.Apart(g, "kubernetes.io/hostname"), zones: model.Apart(g, "topology.kubernetes.io/zone"),
		swallows: !b.Version().AtLeast(keys.Version{Major: 5, Minor: 3, Patch: 4}),
	}
	f.interval, _ = b.Int("flushIntervalCommitLog")
	f.minInSync = f.needs(b)
	f.store = storeOf(m, g)
	f.ends = "the store ends with the pod"
	if g.Leader().CommitLog().Persistent() {
		f.ends = "the topics and queues of the store end with the pod, and without them no message is found"
	}
	f.explain(g)
	f.collect(b)
	return f
}

// needs is how many copies must be there for a send to succeed.
func (f *facts) needs(b *model.Broker) int {
	switch f.mode {
	case model.DLedger:
		return len(b.Peers())/2 + 1
	case model.Controlled:
		n, _ := b.Int("minInSyncReplicas")
		return max(n, 1)
	}
	return max(f.ack.Copies, 1)
}

func (f *facts) explain(g *model.Group) {
	for _, b := range g.Brokers {
		if !b.Known {
			f.unknown = b.Config.Unknown
			if b.Config.Missing {
				f.unknown = "nothing provides " + b.Config.Path
			}
		}
	}
	if f.known && len(g.Slaves()) == len(g.Brokers) {
		f.known, f.unknown = false, "the group's master is not in the input, or its configuration is not known"
	}
	if f.known && !f.ack.Known {
		f.known = false
	}
	if !f.known && f.unknown == "" {
		f.unknown = "a setting that decides is not known"
	}
}

// storeOf is the weakest of the group's stores.
func storeOf(m *model.Model, g *model.Group) string {
	worst := "persistent"
	rank := map[string]int{"persistent": 0, "unknown": 1, "bound": 2, "pod": 3}
	for _, b := range g.Brokers {
		for _, s := range []model.Storage{b.CommitLog(), b.Root()} {
			if kind := storeKind(m, b, s); rank[kind] > rank[worst] {
				worst = kind
			}
		}
	}
	return worst
}

func storeKind(m *model.Model, b *model.Broker, s model.Storage) string {
	switch s.Kind {
	case "emptyDir", "container", "ephemeral":
		return "pod"
	case "hostPath":
		return "bound"
	case "template", "claim":
	default:
		return "unknown"
	}
	v := s.Volume
	if o, ok := m.Claim(b.Workload.Namespace, s.Claim); s.Kind == "claim" && ok {
		v = o.Value
	}
	class, ok := m.Class(v.Get("spec", "storageClassName").Text())
	if !ok {
		return "unknown"
	}
	provisioner := class.Value.Get("provisioner").Text()
	for _, local := range []string{"no-provisioner", "local-path", "hostpath", "openebs.io/local", "topolvm", "local.csi"} {
		if strings.Contains(provisioner, local) {
			return "bound"
		}
	}
	return "persistent"
}

// collect lists the deciding keys with their places.
func (f *facts) collect(b *model.Broker) {
	names := append([]string{"flushDiskType"}, f.ack.Keys...)
	if f.mode == model.Controlled {
		names = append(names, "minInSyncReplicas")
	}
	f.keys = []Key{}
	seen := map[string]bool{}
	for _, name := range names {
		s := b.Get(name)
		if seen[name] {
			continue
		}
		seen[name] = true
		value := s.Value
		if s.Unknown != "" {
			value = "unknown: " + s.Unknown
		}
		f.keys = append(f.keys, Key{name, value, s.Pos.File, s.Pos.Line})
	}
}
