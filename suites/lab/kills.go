package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/control"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/chaos/recovery"
	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/internal/await"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

const (
	// killWithin is until when, from the start of a fault, its runner is killed: before it acts, while it acts, while it holds.
	killWithin = 12 * time.Second
	// recoverWithin bounds recovery, and all looks behind it.
	recoverWithin = 10 * time.Minute
	// wholeWithin is until when the cluster must be whole again.
	wholeWithin = 4 * time.Minute
)

// Killed is how one kind of fault fared.
type Killed struct {
	Fault           string
	Kills, Restored int
}

// Child starts a process that calls Strike for the fault of that number, with the ledger's file.
type Child func(kubeconfig string, fault int, ledger string) *exec.Cmd

// KillRunners injects n faults, one of each kind in turn, each in a process of its own that is killed at a random moment, and
// heals by recovery alone: by turns from the ConfigMap and from the file. Then nothing may differ from before. only matches
// the names of the faults; nil: all.
func (l *Lab) KillRunners(ctx context.Context, n int, only *regexp.Regexp, child Child) (table []Killed, err error) {
	cluster, err := l.deploy(ctx, topology.Spec{Overlay: rocketmq.OverlayKind})
	if err != nil {
		return nil, err
	}
	faults := control.Faults("apache/rocketmq:" + l.UpgradeTo)
	table, kinds, err := rows(faults, only)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(uint64(l.Seed), 0))
	for i := 0; i < n && ctx.Err() == nil && err == nil; i++ { // what is left of one would be the next one's baseline
		kind := kinds[i%len(kinds)]
		k := kill{cluster: cluster, file: filepath.Join(l.Dir, "kill-"+strconv.Itoa(i)+".jsonl"), fromFile: i%2 == 1,
			after: time.Duration(random.Int64N(int64(killWithin)))}
		step := progress.Start(ctx, "kill %d of %d: %s, its runner killed after %s, recovered from %s", i+1, n, faults[kind].Name(), k.after.Round(100*time.Millisecond), k.source())
		failed := k.run(ctx, child(l.bed.Kubeconfig, kind, k.file))
		table[kind].Kills++
		if step.Done(failed) == nil {
			table[kind].Restored++
		}
		err = errors.Join(err, failed)
	}
	return table, errors.Join(err, ctx.Err())
}

// rows is one for each kind, and the numbers of those that are meant.
func rows(faults []chaos.Fault, only *regexp.Regexp) (table []Killed, kinds []int, err error) {
	for kind, f := range faults {
		table = append(table, Killed{Fault: f.Name()})
		if only == nil || only.MatchString(f.Name()) {
			kinds = append(kinds, kind)
		}
	}
	if kinds == nil {
		err = fmt.Errorf("no fault has a name that %s matches", only)
	}
	return table, kinds, err
}

type kill struct {
	cluster  *rocketmq.Cluster
	file     string
	fromFile bool
	after    time.Duration
}

func (k kill) source() string {
	if k.fromFile {
		return "the file alone"
	}
	return "the ConfigMap alone"
}

func (k kill) run(ctx context.Context, child *exec.Cmd) error {
	before, err := observe.Take(ctx, k.cluster)
	if err != nil {
		return err
	}
	struck := k.strike(ctx, child)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recoverWithin) // also after Ctrl-C
	defer cancel()
	if err := errors.Join(k.recover(ctx), struck); err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	whole := await.Wait{What: "the cluster to be whole again", Within: wholeWithin, Every: time.Second}
	if err := whole.Until(ctx, k.cluster.Healthy); err != nil {
		return err
	}
	return before.Leaks(ctx, k.cluster, nil)
}

// strike starts the child and kills it. One that ends by itself has not been killed.
func (k kill) strike(ctx context.Context, child *exec.Cmd) error {
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		return err
	}
	said := bufio.NewScanner(out)
	if !said.Scan() {
		return fmt.Errorf("the runner ended before its fault began: %w", child.Wait())
	}
	timer := time.NewTimer(k.after)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	_ = child.Process.Kill() // one that has ended takes a signal, too: how it ended is asked below
	_, _ = io.Copy(io.Discard, out)
	_ = child.Wait()
	if ended, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || ended.Signal() != syscall.SIGKILL {
		return fmt.Errorf("the runner ended before it was killed (%s): its fault was not injected, or not confirmed", child.ProcessState)
	}
	return nil
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

// Strike injects a fault, says a word when it begins, confirms it, and holds it until it is killed.
func Strike(ctx context.Context, config *rest.Config, f chaos.Fault, file string, say io.Writer) error {
	l, err := ledger.Open(file)
	if err != nil {
		return err
	}
	bed, err := kindcluster.Attach(ctx, kindcluster.Options{})
	if err != nil {
		return err
	}
	cluster, err := rocketmq.Open(rocketmq.Access{Config: config, Ledger: l, Power: bed.Power(), Proxy: func(namespace, pod string, port int) (agentapi.Transport, error) {
		return kindcluster.NewPodProxy(config, namespace, pod, port)
	}}, rocketmq.Topology{Overlay: rocketmq.OverlayKind})
	if err != nil {
		return err
	}
	fmt.Fprintln(say, "begins")
	var i chaos.Injection
	if i, err = f.Inject(ctx, cluster); err == nil {
		err = i.Confirm(ctx)
	}
	if err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}
