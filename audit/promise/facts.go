package promise

import (
	"fmt"

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
	// thorough is how long a few pages wait for the disk at most, in milliseconds.
	thorough int
	// slowest is how long a disk may take to write before a producer is told, in milliseconds.
	slowest int
	// pool is transientStorePoolEnable; inPool is how long a message stays in the process's own memory at most.
	pool   bool
	inPool int
	// behind says how a power loss can take messages that are on the disk, "" when it cannot.
	behind string
	// inQueue is how long a message's place in its queue waits for the disk at most, in milliseconds.
	inQueue int
	// cleans says that a full disk takes the oldest messages, timers that it takes those that are to be sent later.
	cleans, timers bool
	// store is what becomes of the files when pod or node goes.
	store model.Fate
	// apart says that copies are kept on different nodes, zones that they are kept in different zones.
	apart, zones bool
	// release is "" when it is not known.
	release string
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
	if b.Version().Known() {
		f.release = b.Version().String()
	}
	f.interval, _ = b.Int("flushIntervalCommitLog")
	f.minInSync = f.needs(b)
	f.store = storeOf(m, g)
	f.thorough, _ = b.Int("flushCommitLogThoroughInterval")
	f.slowest, _ = b.Int("syncFlushTimeout")
	f.slowest = max(f.slowest, 5000)
	f.pooled(b)
	f.recovers(b)
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
func storeOf(m *model.Model, g *model.Group) model.Fate {
	worst := model.Fate{}
	for i, b := range g.Brokers {
		if f := m.StoreFate(b); i == 0 || f.Kind > worst.Kind {
			worst = f
		}
	}
	return worst
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

// pooled reads how long a message stays outside the page cache.
func (f *facts) pooled(b *model.Broker) {
	commit, _ := b.Int("commitIntervalCommitLog")
	thorough, _ := b.Int("commitCommitLogThoroughInterval")
	f.inPool = max(commit, 200) + max(thorough, 200)
}

// minute is more than the fastest disk takes in the 60 s between two syncs of the queues, in bytes.
const minute = 100 << 30

// recovers reads what a start after a power loss may leave out, and what a full disk takes.
func (f *facts) recovers(b *model.Broker) {
	v := b.Version()
	files, ok := b.Int("commitLogRecoverMaxNum")
	size, sized := b.Int("mappedFileSizeCommitLog")
	switch {
	case !v.Known() || v.AtLeast(keys.Version{Major: 5, Minor: 1}) && v.Less(keys.Version{Major: 5, Minor: 5}):
		f.behind = "recovery believes queues that were not synced yet: what got its place in a queue within the last minute and lies in a finished log file cannot be read (bug-checkpoint-ahead, 5.1.0 to 5.4.0)"
	case ok && sized && files > 0 && v.AtLeast(keys.Version{Major: 5, Minor: 5}) && int64(files)*int64(size) < minute:
		f.behind = fmt.Sprintf("the queues are built anew from the last %d log files only (bug-recovers-ten-files, commitLogRecoverMaxNum=%d): what is older and was not yet in a synced queue, when more than that is written within the minute between two syncs, cannot be read", files, files)
	}
	queues, _ := b.Int("flushConsumeQueueThoroughInterval")
	every, _ := b.Int("flushIntervalConsumeQueue")
	f.inQueue = max(queues, 60000) + max(every, 1000)
	f.cleans = !b.Get("cleanFileForciblyEnable").Set || b.Is("cleanFileForciblyEnable")
	drops := v.AtLeast(keys.Version{Major: 5, Minor: 3, Patch: 2}) || !v.Known()
	f.timers = drops && !b.Is("timerEnableRetryUntilSuccess") && (!b.Get("timerWheelEnable").Set || b.Is("timerWheelEnable"))
}
