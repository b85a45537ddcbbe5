package lab

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/rmqproof/rmqproof/chaos/control"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/chaos/recovery"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/internal/await"
	"github.com/rmqproof/rmqproof/internal/progress"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// killWithin is until when, from the start of a fault, its runner is killed: before it acts, while it acts, while it holds.
	killWithin = 12 * time.Second
	// recoverWithin bounds recovery, and all looks behind it.
	recoverWithin = 10 * time.Minute
	// wholeWithin is until when the cluster must be whole again.
	wholeWithin = 4 * time.Minute
)

// Killed is how one kind of fault fared where one kind of victim was killed.
type Killed struct {
	Victim          string
	Fault           string
	Kills, Restored int
}

// Child starts a process that calls Strike for the fault of that number, with the ledger's file; heals: or StrikeAndHeal.
type Child func(kubeconfig string, fault int, ledger string, heals bool) *exec.Cmd

// Kills say what is killed.
type Kills struct {
	Victims []Victim       // one pass each
	N       int            // faults of a pass, one of each kind in turn
	Only    *regexp.Regexp // matches the names of the faults; nil: all
	Child   Child
}

// Kill injects faults, each in a process of its own, and kills its victim at a random moment. A runner that was killed is recovered
// from, by turns from the ConfigMap alone and from the file alone; one that lives heals. Then nothing may differ from before.
func (l *Lab) Kill(ctx context.Context, what Kills) (table []Killed, err error) {
	cluster, err := l.standBundled(ctx)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(uint64(l.Seed), 0))
	for _, v := range what.Victims {
		faults := control.Faults("apache/rocketmq:" + l.UpgradeTo)
		rows, kinds, missing := v.rows(faults, what.Only)
		err = missing
		for i := 0; i < what.N && ctx.Err() == nil && err == nil; i++ { // what is left of one would be the next one's baseline
			kind := kinds[i%len(kinds)]
			k := kill{cluster: cluster, nodes: l.bed, victim: v, file: filepath.Join(l.Dir, fmt.Sprintf("kill-%s-%d.jsonl", v, i)), fromFile: i%2 == 1,
				after: time.Duration(random.Int64N(int64(killWithin))), draw: random.Uint32()}
			step := progress.Start(ctx, "kill %d of %d: %s, its %s killed after %s, %s", i+1, what.N, faults[kind].Name(), v, k.after.Round(100*time.Millisecond), k.source())
			err = k.run(ctx, what.Child(l.bed.Kubeconfig, kind, k.file, v.heals()))
			rows[kind].Kills++
			if step.Done(err) == nil {
				rows[kind].Restored++
			}
		}
		table = append(table, rows...)
		if err != nil {
			break
		}
	}
	return table, errors.Join(err, ctx.Err())
}

type kill struct {
	cluster  *rocketmq.Cluster
	nodes    containers
	victim   Victim
	file     string
	fromFile bool
	after    time.Duration
	draw     uint32 // picks one of several victims
}

// kill starts the child and kills the victim.
func (k kill) kill(ctx context.Context, child *exec.Cmd) error {
	if k.victim.heals() {
		return k.killOther(ctx, child)
	}
	return k.killRunner(ctx, child)
}

// source says how the fault is undone.
func (k kill) source() string {
	if k.victim.heals() {
		return "and the runner heals"
	}
	if k.fromFile {
		return "recovered from the file alone"
	}
	return "recovered from the ConfigMap alone"
}

func (k kill) run(ctx context.Context, child *exec.Cmd) error {
	before, err := observe.Take(ctx, k.cluster)
	if err != nil {
		return err
	}
	struck := k.kill(ctx, child)
	if struck == nil && k.victim.heals() {
		return k.same(ctx, before)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recoverWithin) // also after Ctrl-C
	defer cancel()
	if err := errors.Join(k.recover(ctx), struck); err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	return k.same(ctx, before)
}

// same returns nil once the cluster is whole and nothing differs from before.
func (k kill) same(ctx context.Context, before observe.Baseline) error {
	whole := await.Wait{What: "the cluster to be whole again", Within: wholeWithin, Every: time.Second}
	if err := whole.Until(ctx, k.cluster.Healthy); err != nil {
		return err
	}
	return before.Leaks(ctx, k.cluster, nil)
}

// recover does what rmqproof recover does, with one of the two witnesses alone.
func (k kill) recover(ctx context.Context) error {
	path := ""
	if k.fromFile {
		path = k.file
		err := k.cluster.Client().CoreV1().ConfigMaps(k.cluster.Namespace()).Delete(ctx, ledger.ConfigMap, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	l, err := ledger.Open(path)
	if err != nil {
		return err
	}
	defer l.Close()
	_, err = recovery.NewSystem(k.cluster.Client(), k.cluster.Namespace(), l).WithPower(k.cluster.Power()).Recover(ctx)
	return err
}
