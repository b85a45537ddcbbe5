package chaos_test

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/clock"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/process"
	"github.com/rmqproof/rmqproof/chaos/resource"
)

// faultCase is a fault with a cluster that it suits. Every fault has one, and is then held to the contract below.
type faultCase struct {
	fault     chaos.Fault
	shared    bool   // volumes follow their pods
	bystander string // a pod that it must not touch
	target    string
}

func faultCases() []faultCase {
	masters := chaos.Masters.One()
	return []faultCase{
		{fault: pods.Kill{Target: masters}, bystander: "broker-b-master-0", target: "pod broker-a-master-0"},
		{fault: pods.Kill{Target: chaos.Slaves.All()}, bystander: "broker-b-master-0", target: "pods broker-a-slave-0, broker-b-slave-0"},
		{fault: pods.Kill{Target: masters.In("broker-b")}, bystander: "broker-a-master-0", target: "pod broker-b-master-0"},
		{fault: pods.Delete{Target: chaos.NameServers.One()}, bystander: "nameserver-1", target: "pod nameserver-0"},
		{fault: pods.Delete{Target: chaos.NameServers.All()}, bystander: "broker-a-slave-0", target: "pods nameserver-0, nameserver-1, nameserver-2"},
		{fault: pods.Delete{Target: masters, Grace: 5 * time.Second}, bystander: "broker-b-master-0", target: "pod broker-a-master-0"},
		{fault: pods.Evict{Target: chaos.Masters.All()}, bystander: "broker-b-slave-0", target: "pods broker-a-master-0, broker-b-master-0"},
		{fault: pods.Again{Target: masters.AndSlave()}, bystander: "broker-b-slave-0", target: "pods broker-a-master-0, broker-a-slave-0"},
		{fault: pods.Roll{Target: chaos.NameServers.All()}, bystander: "broker-a-slave-0", target: "pods nameserver-0, nameserver-1, nameserver-2"},
		{fault: process.Kill{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: process.Kill{Target: masters.AndSlave()}, bystander: "broker-b-slave-0", target: "pods broker-a-master-0, broker-a-slave-0"},
		{fault: process.Stop{Target: chaos.Masters.All()}, bystander: "nameserver-2", target: "pods broker-a-master-0, broker-b-master-0"},
		{fault: process.Terminate{Target: chaos.NameServers.One()}, bystander: "broker-b-slave-0", target: "pod nameserver-0"},
		{fault: process.Crash{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: process.Crash{Target: masters, Times: 2}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Cut{Target: masters, Off: network.Peers}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Cut{Target: chaos.Slaves.All(), Off: network.NameServers, Way: network.Out}, bystander: "nameserver-0", target: "pods broker-a-slave-0, broker-b-slave-0"},
		{fault: network.Lose{Target: masters, Off: network.Peers, Percent: 30}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Cut{Target: masters, Off: network.Names}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Delay{Target: masters, Off: network.Peers, By: 50 * time.Millisecond, Jitter: time.Millisecond}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Delay{Target: masters, Off: network.Peers, By: time.Millisecond, Reorder: 20, Port: 10912}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Throttle{Target: masters, PerSecond: 32 << 10}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Reset{Target: masters, Off: network.Peers, Port: 10912}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Refuse{Target: chaos.Slaves.All(), Off: network.NameServers}, bystander: "nameserver-0", target: "pods broker-a-slave-0, broker-b-slave-0"},
		{fault: network.BlackHole{Target: masters, Off: network.Peers, Above: 1000}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: resource.Starve{Target: chaos.Masters.All(), Millis: 50}, bystander: "nameserver-2", target: "pods broker-a-master-0, broker-b-master-0"},
		{fault: resource.NoThreads{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: resource.NoFiles{Target: chaos.NameServers.One()}, bystander: "broker-b-slave-0", target: "pod nameserver-0"},
		{fault: network.Duplicate{Target: masters, Off: network.Peers, Percent: 30}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Stale{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: network.Split{Into: network.Bridge}, bystander: "nameserver-2", target: "pods broker-a-master-0, broker-a-slave-0, broker-b-master-0, broker-b-slave-0, nameserver-0, nameserver-1"},
		{fault: clock.Step{Target: masters, By: time.Hour}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: clock.Strobe{Target: masters, By: -time.Hour, Every: 5 * time.Second}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: resource.Burn{Target: masters, Processes: 2}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: resource.DropCache{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: nodes.StopRuntime{Target: masters}, bystander: "broker-b-master-0", target: "pod broker-a-master-0"},
		{fault: nodes.OutOfService{Target: masters}, bystander: "broker-b-master-0", target: "node w1, which holds pod broker-a-master-0"},
		{fault: resource.OutOfMemory{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: change.ScaleToZero{Target: masters}, bystander: "broker-a-slave-0", target: "StatefulSet broker-a-master"},
		{fault: nodes.Drain{Target: masters}, bystander: "broker-a-slave-0", target: "node w1, which holds pod broker-a-master-0"},
		{fault: nodes.Taint{Target: masters}, bystander: "broker-b-master-0", target: "node w1, which holds pod broker-a-master-0"},
		{fault: nodes.StopKubelet{Target: masters}, bystander: "broker-b-master-0", target: "pod broker-a-master-0"},
		{fault: nodes.Halt{Target: masters}, bystander: "broker-b-master-0", target: "node w1, which holds pod broker-a-master-0"},
		{fault: nodes.Freeze{Target: masters}, bystander: "broker-b-master-0", target: "node w1, which holds pod broker-a-master-0"},
		{fault: nodes.Reboot{Target: masters}, bystander: "broker-b-master-0", target: "node w1, which holds pod broker-a-master-0"},
		{fault: disk.Reattach{Target: masters}, bystander: "broker-a-slave-0", target: "StatefulSet broker-a-master and pod broker-a-master-0"},
		{fault: disk.Reattach{Target: masters, Anywhere: true}, shared: true, bystander: "broker-a-slave-0", target: "StatefulSet broker-a-master and pod broker-a-master-0"},
		{fault: disk.PowerLoss{Target: masters}, shared: true, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.PowerLoss{Target: chaos.Masters.All()}, shared: true, bystander: "broker-a-slave-0", target: "pods broker-a-master-0, broker-b-master-0"},
		{fault: disk.Fill{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.NoInodes{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.Hang{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.Slow{Target: masters, Writes: 5}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.ReadOnly{Target: masters}, shared: true, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.Dead{Target: masters}, shared: true, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.Rot{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.LoseVolume{Target: chaos.Slaves.One()}, shared: true, bystander: "broker-a-master-0", target: "the volume of pod broker-a-slave-0"},
		{fault: disk.Empty{Target: masters, File: disk.Topics}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.LoseStore{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.LoseIndex{Target: masters}, bystander: "broker-a-slave-0", target: "pod broker-a-master-0"},
		{fault: disk.Rival{Target: masters}, shared: true, bystander: "broker-a-master-0", target: "the volume of pod broker-a-master-0, from node w2"},
		{fault: disk.DeleteClaim{Target: masters}, shared: true, bystander: "broker-a-slave-0", target: "the claim of pod broker-a-master-0"},
		{fault: disk.WrongVolume{Target: masters.In("broker-a"), Of: chaos.Slaves.One().In("broker-b")}, shared: true, bystander: "broker-b-master-0",
			target: "pod broker-a-master-0, on the volume of pod broker-b-slave-0"},
		{fault: disk.Move{Target: masters}, shared: true, bystander: "nameserver-1", target: "pod broker-a-master-0 on node w1"},
		{fault: change.BrokenImage{Target: chaos.NameServers.One()}, bystander: "nameserver-1", target: "StatefulSet nameserver"},
		{fault: change.ImpossibleRequest{Target: masters}, bystander: "broker-a-slave-0", target: "StatefulSet broker-a-master"},
		{fault: change.WrongOption{Target: chaos.NameServers.One()}, bystander: "nameserver-0", target: "StatefulSet nameserver"},
		{fault: change.Canary{Target: chaos.NameServers.One(), Image: fake.ImageB}, bystander: "nameserver-1", target: "StatefulSet nameserver"},
		{fault: change.TurnBack{Upgrade: change.Upgrade{To: fake.ImageB}}, bystander: "nameserver-1",
			target: "StatefulSets broker-a-slave, broker-b-slave, broker-a-master, broker-b-master"},
		{fault: change.Upgrade{From: fake.ImageA, To: fake.ImageB}, bystander: "nameserver-1",
			target: "StatefulSets broker-a-slave, broker-b-slave, broker-a-master, broker-b-master"},
		{fault: change.Upgrade{To: fake.ImageB, NameServers: true}, bystander: "rmqproof-agent",
			target: "StatefulSets nameserver, broker-a-slave, broker-b-slave, broker-a-master, broker-b-master"},
	}
}

func slug(f chaos.Fault) string { return strings.NewReplacer(" ", "-", "/", "-").Replace(f.Name()) }

func forEachFault(t *testing.T, test func(*testing.T, faultCase, *fake.Cluster)) {
	for _, fc := range faultCases() {
		t.Run(slug(fc.fault), func(t *testing.T) {
			t.Parallel()
			test(t, fc, fc.cluster(t))
		})
	}
}

// cluster has a ledger with a file.
func (fc faultCase) cluster(t *testing.T) *fake.Cluster {
	t.Helper()
	f := fake.New(t)
	if fc.shared {
		f.Share()
	}
	l, err := ledger.Open(filepath.Join(t.TempDir(), "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	f.Keep(l)
	return f
}

func inject(t *testing.T, fault chaos.Fault, f *fake.Cluster) chaos.Injection {
	t.Helper()
	i, err := fault.Inject(fake.Context(t), f)
	if err != nil {
		t.Fatalf("Inject: %v", err)
	}
	return i
}

// keeps says that the fault leaves its change on purpose.
func keeps(i chaos.Injection) bool {
	k, ok := i.(chaos.Keeper)
	return ok && len(k.Kept()) > 0
}

func TestFaultIsConfirmedAndHealed(t *testing.T) {
	forEachFault(t, func(t *testing.T, fc faultCase, f *fake.Cluster) {
		ctx, state := fake.Context(t), f.State()
		before, err := observe.Take(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		i := inject(t, fc.fault, f)
		if got := strings.Join(i.Targets(), ", "); got != fc.target {
			t.Errorf("Targets() = %q, want %q", got, fc.target)
		}
		if err := i.Confirm(ctx); err != nil {
			t.Errorf("Confirm: %v", err)
		}
		for range 2 {
			if err := i.Heal(ctx); err != nil {
				t.Errorf("Heal: %v", err)
			}
		}
		if diff := cmp.Diff(state, f.State()); diff != "" && !keeps(i) {
			t.Errorf("healed state differs from the one before:\n%s", diff)
		}
		if err := before.Leaks(ctx, f, i.(chaos.Keeper).Kept()); err != nil {
			t.Errorf("Leaks: %v", err)
		}
		if open, err := f.Open().Open(ctx); err != nil || len(open) > 0 {
			t.Errorf("the ledger still holds %v (%v)", open, err)
		}
		inOrder(t, i.Times())
	})
}

func inOrder(t *testing.T, at chaos.Times) {
	t.Helper()
	stamps := []time.Time{at.Decided, at.Injected, at.Confirmed, at.Healing, at.Healed}
	if !slices.IsSortedFunc(stamps, time.Time.Compare) || at.Decided.IsZero() {
		t.Errorf("the times of the injection are not in order: %v", stamps)
	}
}

func TestConfirmFailsWhenABystanderPodIsHit(t *testing.T) {
	for what, harm := range map[string]func(*fake.Cluster, string){
		"replaced": (*fake.Cluster).ReplacePod, "container": (*fake.Cluster).Restart,
	} {
		forEachFault(t, func(t *testing.T, fc faultCase, f *fake.Cluster) {
			i := inject(t, fc.fault, f)
			if what == "container" && f.Pod(fc.bystander).Status.ContainerStatuses == nil {
				t.Skip("the bystander has no container to restart")
			}
			harm(f, fc.bystander)
			err := i.Confirm(fake.Context(t))
			if err == nil || !strings.Contains(err.Error(), "bystander pod "+fc.bystander) {
				t.Errorf("Confirm = %v, want it to name the bystander pod %s (%s)", err, fc.bystander, what)
			}
		})
	}
}

func TestConfirmFailsWhenAnotherNodeIsCordoned(t *testing.T) {
	forEachFault(t, func(t *testing.T, fc faultCase, f *fake.Cluster) {
		i := inject(t, fc.fault, f)
		if err := nodes.Cordon(t.Context(), f, "w3", "somebody"); err != nil {
			t.Fatal(err)
		}
		err := i.Confirm(fake.Context(t))
		if err == nil || !strings.Contains(err.Error(), "bystander node w3") {
			t.Errorf("Confirm = %v, want it to name the bystander node w3", err)
		}
	})
}

// Where writes have no effect, neither Inject nor Confirm may claim success.
func TestConfirmFailsWhenNothingHappened(t *testing.T) {
	forEachFault(t, func(t *testing.T, fc faultCase, f *fake.Cluster) {
		f.Inert = true
		i, err := fc.fault.Inject(fake.Context(t), f)
		if i == nil {
			t.Fatalf("Inject gave no Injection to heal (error %v)", err)
		}
		if err := i.Confirm(fake.Context(t)); err == nil {
			t.Error("Confirm holds although nothing happened")
		}
	})
}

func TestALeakIsSeen(t *testing.T) {
	f := fake.New(t)
	ctx := fake.Context(t)
	before, err := observe.Take(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	i := inject(t, nodes.Drain{Target: chaos.Masters.One()}, f)
	err = before.Leaks(ctx, f, nil)
	for _, want := range []string{`node w1: unschedulable is "true", before "false"; annotation rmqproof/cordoned-by`, "running pods of StatefulSet broker-a-master is gone"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Leaks = %v, want it to name %q", err, want)
		}
	}
	if err := i.Heal(ctx); err != nil {
		t.Error(err)
	}
	if err := before.Leaks(ctx, f, nil); err != nil {
		t.Errorf("Leaks after healing: %v", err)
	}
}

func TestHealOutlivesTheExperiment(t *testing.T) {
	f := fake.New(t)
	before := f.State()
	i := inject(t, nodes.Drain{Target: chaos.Masters.One()}, f)
	gone, cancel := context.WithDeadline(fake.Context(t), time.Now().Add(-time.Second))
	cancel()
	if err := i.Heal(gone); err != nil {
		t.Errorf("Heal with a cancelled context: %v", err)
	}
	if diff := cmp.Diff(before, f.State()); diff != "" {
		t.Errorf("healed state differs from the one before:\n%s", diff)
	}
}

// sameState compares with any of several legal states.
func sameState(state map[string]string, legal ...map[string]string) bool {
	return slices.ContainsFunc(legal, func(s map[string]string) bool { return maps.Equal(s, state) })
}
