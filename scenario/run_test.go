package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// fakeLoad sends one message each millisecond to a queue that keeps all of them, but those that lose names.
type fakeLoad struct {
	rec      *history.Recorder
	started  time.Time
	sent     []history.Send
	lose     int // how many acknowledged messages the scan does not find
	scanFail error
	calls    []string
	quit     chan struct{}
	done     chan struct{}
}

func (l *fakeLoad) Start(_ context.Context, rec *history.Recorder, run history.Run) error {
	l.calls = append(l.calls, "start")
	l.rec, l.started, l.quit, l.done = rec, time.Now(), make(chan struct{}), make(chan struct{})
	run.Started = l.started
	if err := rec.Append(&run); err != nil {
		return err
	}
	go l.send()
	return nil
}

func (l *fakeLoad) send() {
	defer close(l.done)
	for n := 0; ; n++ {
		select {
		case <-l.quit:
			return
		case <-time.After(time.Millisecond):
		}
		at := time.Since(l.started)
		s := history.Send{Seq: uint64(n), Topic: "t", Intended: at, Start: at, End: at, Outcome: history.OK, Status: "SEND_OK", Broker: "broker-a", Offset: int64(n)}
		l.sent = append(l.sent, s)
		_ = l.rec.Append(&s)
	}
}

func (l *fakeLoad) Acked() int64                    { return int64(len(l.sent)) }
func (l *fakeLoad) Since(t time.Time) time.Duration { return t.Sub(l.started) }

func (l *fakeLoad) Stop(context.Context) error {
	l.calls = append(l.calls, "stop")
	close(l.quit)
	<-l.done
	return nil
}

func (l *fakeLoad) Scan(context.Context) error {
	l.calls = append(l.calls, "scan")
	if l.scanFail != nil {
		return l.scanFail
	}
	for n, s := range l.sent[:len(l.sent)-l.lose] {
		f := history.Found{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Offset: int64(n), Producer: s.Producer, Seq: s.Seq, Intact: true}
		if err := l.rec.Append(&f); err != nil {
			return err
		}
	}
	return l.rec.Append(&history.Scan{Replica: "broker-a/0", Master: true, Topic: "t", Broker: "broker-a", Max: int64(len(l.sent) - l.lose), Complete: true, End: time.Since(l.started)})
}

func (l *fakeLoad) Finish(context.Context) error { l.calls = append(l.calls, "finish"); return nil }

type fakeCluster struct {
	unwell    []error // answers of Healthy, one after another, then nil
	collected int
}

func (*fakeCluster) Client() kubernetes.Interface                   { return nil }
func (*fakeCluster) Namespace() string                              { return "rocketmq" }
func (*fakeCluster) Brokers(context.Context) ([]flat.Broker, error) { return nil, nil }
func (c *fakeCluster) Collect(context.Context, string) error        { c.collected++; return nil }
func (c *fakeCluster) Healthy(context.Context) error {
	if len(c.unwell) == 0 {
		return nil
	}
	err := c.unwell[0]
	c.unwell = c.unwell[1:]
	return err
}

// fakeFault fails where it is told to.
type fakeFault struct {
	inject, confirm, heal error
	onInject              func()
	healed                *int
}

func (fakeFault) Name() string { return "fake fault" }
func (f fakeFault) Inject(context.Context, flat.Cluster) (flat.Injection, error) {
	if f.onInject != nil {
		f.onInject()
	}
	return f, f.inject
}
func (fakeFault) Target() string                  { return "pod fake" }
func (f fakeFault) Confirm(context.Context) error { return f.confirm }
func (f fakeFault) Heal(ctx context.Context) error {
	*f.healed++
	return errors.Join(f.heal, ctx.Err())
}

var quick = Budget{Before: 60 * time.Millisecond, Hold: 30 * time.Millisecond, After: 60 * time.Millisecond,
	Confirm: time.Second, Heal: time.Second, Healthy: 2 * time.Second, Drain: time.Second}

// options leave out what needs more seconds than a unit test should take.
var options = verify.Options{Claims: []verify.Claim{claims.NoAckedLoss(), claims.EnoughTraffic(1), claims.FaultConfirmed()}}

func TestVerdictOfAnExperiment(t *testing.T) {
	boom := errors.New("boom")
	for _, c := range []struct {
		name    string
		load    fakeLoad
		cluster fakeCluster
		fault   fakeFault
		want    verify.Verdict
		problem string
	}{
		{name: "all well", want: verify.Valid},
		{name: "a loss", load: fakeLoad{lose: 2}, want: verify.Violated},
		{name: "slow to get well", cluster: fakeCluster{unwell: []error{boom, nil, boom}}, want: verify.Valid},
		{name: "the fault did not bite", fault: fakeFault{confirm: boom}, want: verify.Inconclusive, problem: "confirm that it holds on pod fake: boom"},
		{name: "the fault broke off", fault: fakeFault{inject: boom}, want: verify.Inconclusive, problem: "inject fake fault: boom"},
		{name: "not healed", fault: fakeFault{heal: boom}, want: verify.Inconclusive, problem: "heal: boom"},
		{name: "not scanned", load: fakeLoad{scanFail: boom}, want: verify.Inconclusive, problem: "scan every queue: boom"},
		{name: "a loss in an experiment that went wrong", load: fakeLoad{lose: 1}, fault: fakeFault{heal: boom}, want: verify.Violated, problem: "heal: boom"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			healed := 0
			c.fault.healed = &healed
			r := Run(t.Context(), Scenario{Name: "x", Cluster: &c.cluster, Load: &c.load, Fault: c.fault, Budget: quick, Judge: options}, t.TempDir())
			if r.Verdict() != c.want || !strings.Contains(fmt.Sprint(r.Problems), c.problem) || (c.problem == "") != (len(r.Problems) == 0) {
				t.Errorf("verdict %s, problems %v; want %s, %q\n%+v", r.Verdict(), r.Problems, c.want, c.problem, r.Report.Claims)
			}
			if healed != 1 || c.cluster.collected != 1 {
				t.Errorf("healed %d times, evidence collected %d times, want once each", healed, c.cluster.collected)
			}
			if want := []string{"start", "stop", "scan", "finish"}; !slices.Equal(c.load.calls, want) {
				t.Errorf("the load was told %v, want %v", c.load.calls, want)
			}
		})
	}
}

func TestACancelledExperimentHealsAndKeepsItsHistory(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	healed, load := 0, fakeLoad{}
	fault := fakeFault{healed: &healed, onInject: func() { cancel(errors.New("Ctrl-C")) }}
	r := Run(ctx, Scenario{Name: "x", Cluster: &fakeCluster{}, Load: &load, Fault: fault, Budget: quick, Judge: options}, t.TempDir())
	if healed != 1 || r.Verdict() != verify.Inconclusive || r.History == "" || len(r.Report.Claims) == 0 {
		t.Errorf("healed %d times, verdict %s, history %q, %d claims judged", healed, r.Verdict(), r.History, len(r.Report.Claims))
	}
	if want := []string{"start", "stop", "scan", "finish"}; !slices.Equal(load.calls, want) {
		t.Errorf("the load was told %v, want %v", load.calls, want)
	}
}

func TestAnUnhealthyClusterIsNotDisturbed(t *testing.T) {
	budget := quick
	budget.Healthy = 10 * time.Millisecond
	healed, load := 0, fakeLoad{}
	sick := fakeCluster{unwell: slices.Repeat([]error{errors.New("pod broker-a-master-0: not ready")}, 10)}
	r := Run(t.Context(), Scenario{Name: "x", Cluster: &sick, Load: &load, Fault: fakeFault{healed: &healed}, Budget: budget, Judge: options}, t.TempDir())
	if r.Verdict() != verify.Inconclusive || len(load.calls) != 0 || !strings.Contains(fmt.Sprint(r.Problems), "pod broker-a-master-0: not ready") {
		t.Errorf("verdict %s, the load was told %v, problems %v", r.Verdict(), load.calls, r.Problems)
	}
}
