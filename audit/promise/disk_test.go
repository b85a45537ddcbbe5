package promise_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rmqproof/rmqproof/audit/promise"
)

// of returns what the worst group promises of one failure.
func of(p promise.Promise, failure promise.Failure) promise.Outcome {
	all := p.Clusters[0].Outcomes
	return all[slices.IndexFunc(all, func(o promise.Outcome) bool { return o.Failure == failure })]
}

// TestDiskFailing holds the promise against what a disk that takes nothing did to real clusters, by release, and for
// what was not run against the sources.
func TestDiskFailing(t *testing.T) {
	const lazy, eager = "flushDiskType=ASYNC_FLUSH", "flushDiskType=SYNC_FLUSH"
	for name, c := range map[string]struct {
		layout      string
		change      change
		before, now promise.Worth
	}{
		"one copy":                   {"masters", change{"autoCreateTopicEnable=false", "commitLogRecoverMaxNum=1000"}, promise.Lost, promise.LostUpTo}, // measured on 5.2.0
		"two copies":                 {"static", nil, promise.Lost, promise.LostUpTo},                                                                   // measured on 5.1.0, 5.2.0 and 5.5.0
		"two copies, one waited":     {"static", change{"inSyncReplicas=2", "inSyncReplicas=1"}, promise.Lost, promise.LostUpTo},
		"two copies in memory":       {"static", change{eager, lazy}, promise.Lost, promise.Lost},
		"an acting master":           {"static", change{"autoCreateTopicEnable=false", "enableSlaveActingMaster=true"}, promise.Lost, promise.LostUpTo},
		"a store that ends":          {"static", change{"{name: store, mountPath: /home/rocketmq/store}", "{name: logs, mountPath: /home/rocketmq/store}"}, promise.Lost, promise.Lost},
		"elected":                    {"controller", nil, promise.Unknown, promise.Kept}, // of 5.3.3 another defect is known
		"elected, one copy":          {"controller", change{"minInSyncReplicas=2", "minInSyncReplicas=1", lazy, eager, "autoCreateTopicEnable=false", "commitLogRecoverMaxNum=1000"}, promise.Lost, promise.LostUpTo},
		"elected, lagging":           {"controller", change{"allAckInSyncStateSet=true", "allAckInSyncStateSet=false", "inSyncReplicas=2\n    totalReplicas", "totalReplicas", lazy, eager}, promise.Lost, promise.LostUpTo},
		"elected, whatever it lacks": {"controller", change{"minInSyncReplicas=2", "minInSyncReplicas=1", "enableElectUncleanMaster=false", "enableElectUncleanMaster=true", lazy, eager}, promise.Lost, promise.Lost},
		"Raft":                       {"dledger", change{lazy, eager}, promise.Unknown, promise.LostUpTo},
	} {
		for release, want := range map[string]promise.Worth{"5.3.3": c.before, "5.5.0": c.now} {
			t.Run(name+" "+release, func(t *testing.T) {
				change := append(slices.Clone(c.change), "rocketmq:5.5.0", "rocketmq:"+release)
				if got := of(derive(t, c.layout, change), promise.DiskFailing); got.Acknowledged != want {
					t.Errorf("want %s, got: %s", want, got.Sentence)
				}
			})
		}
	}
}

// TestCopiesInMemory gives elected groups SYNC_FLUSH: the master's disk has a message before it is acknowledged, and the
// disk of the copy that is made master later need not.
func TestCopiesInMemory(t *testing.T) {
	sync := change{"flushDiskType=ASYNC_FLUSH", "flushDiskType=SYNC_FLUSH", "autoCreateTopicEnable=false", "commitLogRecoverMaxNum=1000"}
	for layout, change := range map[string]change{"controller": sync, "dledger": sync[:2]} {
		p := derive(t, layout, change)
		for _, failure := range []promise.Failure{promise.GroupLost, promise.PowerAll} {
			if o := of(p, failure); o.Acknowledged != promise.LostUpTo || o.UpToMS < 5010 {
				t.Errorf("%s: %s", layout, o.Sentence)
			}
		}
	}
	together := append(slices.Clone(sync), "whenUnsatisfiable: DoNotSchedule # brokers", "whenUnsatisfiable: ScheduleAnyway")
	if o := of(derive(t, "controller", together), promise.PowerOne); o.Acknowledged != promise.LostUpTo {
		t.Errorf("all copies on one node: %s", o.Sentence)
	}
}

// TestNoFailureIsBetterThanItsEnd draws configurations: a broker whose disk failed is started anew, as one whose pod was
// killed is, so that less cannot be lost; and what fills a disk fills it before the broker looks.
func TestNoFailureIsBetterThanItsEnd(t *testing.T) {
	rank := map[promise.Worth]int{promise.Kept: 0, promise.LostUpTo: 1, promise.Unknown: 2, promise.Lost: 2}
	for layout := range choices {
		rng := rand.New(rand.NewPCG(3, uint64(len(layout))))
		for range 30 {
			p, _ := judged(t, generate(t, layout, rng))
			for _, g := range p.Clusters[0].Groups {
				killed, failing, full := g.Outcomes[0], g.Outcomes[4], g.Outcomes[5]
				if rank[failing.Acknowledged] < rank[killed.Acknowledged] || full.Acknowledged == promise.Kept {
					t.Error(fmt.Sprint(layout, " ", g.Name, "\n", killed.Sentence, "\n", failing.Sentence, "\n", full.Sentence))
				}
			}
		}
	}
}
