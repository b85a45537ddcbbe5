package scenario

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// fakeLoad sends one message each millisecond to a queue that keeps all of them, but those that lose names.
type fakeLoad struct {
	rec      *history.Recorder
	run      history.Run
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
	run.Started, l.run = l.started, run
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
	return l.rec.Append(&history.Scan{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Max: int64(len(l.sent) - l.lose), Complete: true, Master: true, End: time.Since(l.started)})
}

func (l *fakeLoad) Finish(context.Context) error { l.calls = append(l.calls, "finish"); return nil }

type fakeCluster struct {
	topology.Source
	unwell    []error // answers of Healthy, one after another, then nil
	collected []string
	leak      error
	kept      chaos.Things
}

func (*fakeCluster) Namespace() string      { return "rocketmq" }
func (*fakeCluster) Journal() chaos.Journal { return nil }
func (*fakeCluster) Hand(context.Context, string) (chaos.Hand, error) {
	return nil, errors.ErrUnsupported
}

func (c *fakeCluster) Collect(_ context.Context, dir string) error {
	c.collected = append(c.collected, filepath.Base(dir))
	return nil
}

func (c *fakeCluster) Baseline(context.Context) (func(context.Context, chaos.Things) error, error) {
	return func(_ context.Context, kept chaos.Things) error {
		c.kept = kept
		return c.leak
	}, nil
}

func (c *fakeCluster) Healthy(context.Context) error {
	if len(c.unwell) == 0 {
		return nil
	}
	err := c.unwell[0]
	c.unwell = c.unwell[1:]
	return err
}

// fakeFault fails where it is told to, and tells what is done with it.
type fakeFault struct {
	inject, confirm, heal error
	onInject              func()
	name                  string
	calls                 *calls
}

type calls struct {
	mu   sync.Mutex
	said []string
	at   []time.Duration
	zero time.Time
}

func (c *calls) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said, c.at = append(c.said, what), append(c.at, time.Since(c.zero))
}

func (c *calls) count(what string) (n int) {
	for _, s := range c.said {
		if strings.HasPrefix(s, what) {
			n++
		}
	}
	return n
}

func (f fakeFault) Name() string      { return cmp.Or(f.name, "fake fault") }
func (fakeFault) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }
func (f fakeFault) Inject(context.Context, chaos.System) (chaos.Injection, error) {
	f.calls.note("inject " + f.Name())
	if f.onInject != nil {
		f.onInject()
	}
	return f, f.inject
}
func (fakeFault) Targets() []string               { return []string{"pod fake"} }
func (fakeFault) Times() chaos.Times              { return chaos.Times{Injected: time.Now()} }
func (f fakeFault) Confirm(context.Context) error { return f.confirm }
func (f fakeFault) Heal(ctx context.Context) error {
	f.calls.note("heal " + f.Name())
	return errors.Join(f.heal, ctx.Err())
}

// judged leaves out what needs probes and consumers, which the fake load has not.
var judged = []verify.Claim{claims.NoAckedLoss(), claims.EnoughTraffic(1), claims.FaultConfirmed()}

// perform runs a scenario of these steps in a bubble, where time passes only while all wait.
func perform(t *testing.T, steps []Step, load *fakeLoad, cluster *fakeCluster) (r Result) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r = Run(t.Context(), Scenario{Name: "x", Steps: steps, Claims: judged}, Bench{Cluster: cluster, Workload: load, Dir: dir})
	})
	return r
}

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
		{name: "a leak", cluster: fakeCluster{leak: boom}, want: verify.Inconclusive, problem: "everything is as it was before: boom"},
		{name: "not scanned", load: fakeLoad{scanFail: boom}, want: verify.Inconclusive, problem: "scan every queue: boom"},
		{name: "a loss in an experiment that went wrong", load: fakeLoad{lose: 1}, fault: fakeFault{heal: boom}, want: verify.Violated, problem: "heal: boom"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.fault.calls = &calls{}
			r := perform(t, []Step{{Hold: time.Second, Fault: c.fault}}, &c.load, &c.cluster)
			if r.Report.Verdict != c.want || !strings.Contains(fmt.Sprint(r.Problems), c.problem) || (c.problem == "") != (len(r.Problems) == 0) {
				t.Errorf("verdict %s, problems %v; want %s, %q\n%+v", r.Report.Verdict, r.Problems, c.want, c.problem, r.Report.Claims)
			}
			if n := c.fault.calls.count("heal"); n != 1 {
				t.Errorf("healed %d times, want once", n)
			}
			if want := []string{"during fake fault", "after"}; !slices.Equal(c.cluster.collected, want) {
				t.Errorf("evidence %q, want %q", c.cluster.collected, want)
			}
			if want := []string{"start", "stop", "scan", "finish"}; !slices.Equal(c.load.calls, want) {
				t.Errorf("the load was told %v, want %v", c.load.calls, want)
			}
			judgedAgain(t, r)
		})
	}
}

// judgedAgain holds the saved history to the run's own verdict: what went wrong stands in it.
func judgedAgain(t *testing.T, r Result) {
	t.Helper()
	reader, err := history.Open(r.History)
	if err != nil {
		t.Fatal(err)
	}
	again, err := verify.Judge(reader, verify.Options{})
	if err != nil || again.Verdict != r.Report.Verdict {
		t.Errorf("judged again: %s, %v; the run said %s", again.Verdict, err, r.Report.Verdict)
	}
}

func TestTheFirstLineAnnouncesTheRun(t *testing.T) {
	load := fakeLoad{}
	perform(t, []Step{{Fault: fakeFault{calls: &calls{}}, With: []Step{{Fault: fakeFault{name: "other", calls: &calls{}}}}}}, &load, &fakeCluster{})
	if got := load.run; !slices.Equal(got.Faults, []string{"fake fault", "other"}) || !slices.Equal(got.Spans, []string{"before", "after"}) || len(got.Claims) != len(judged) {
		t.Errorf("%+v", got)
	}
}

func TestScheduleOfSteps(t *testing.T) {
	c := &calls{}
	fault := func(name string) fakeFault { return fakeFault{name: name, calls: c} }
	began := func() { c.zero = time.Now() }
	first := fault("first")
	first.onInject = began
	perform(t, []Step{
		{Hold: 10 * time.Second, Fault: first, With: []Step{{After: 3 * time.Second, Hold: time.Second, Fault: fault("beside")}}},
		{After: 5 * time.Second, Hold: time.Second, Fault: fault("second")},
	}, &fakeLoad{}, &fakeCluster{})
	want := []string{"inject first", "inject beside", "heal beside", "heal first", "inject second", "heal second"}
	seconds := []int{0, 3, 4, 10, 15, 16}
	if !slices.Equal(c.said, want) {
		t.Fatalf("%q", c.said)
	}
	for i, at := range c.at[1:] {
		if int(at.Seconds()) != seconds[i+1] {
			t.Errorf("%s after %s, want %d s", c.said[i+1], at, seconds[i+1])
		}
	}
}

func TestACancelledExperimentHealsAndKeepsItsHistory(t *testing.T) {
	dir, load, c := t.TempDir(), fakeLoad{}, &calls{}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		fault := fakeFault{calls: c, onInject: func() { cancel(errors.New("Ctrl-C")) }}
		r := Run(ctx, Scenario{Name: "x", Steps: []Step{{Hold: time.Hour, Fault: fault}}, Claims: judged}, Bench{Cluster: &fakeCluster{}, Workload: &load, Dir: dir})
		if c.count("heal") != 1 || r.Report.Verdict != verify.Inconclusive || r.History == "" || len(r.Report.Claims) == 0 {
			t.Errorf("%q, verdict %s, history %q, %d claims judged", c.said, r.Report.Verdict, r.History, len(r.Report.Claims))
		}
	})
	if want := []string{"start", "stop", "scan", "finish"}; !slices.Equal(load.calls, want) {
		t.Errorf("the load was told %v, want %v", load.calls, want)
	}
}

func TestAnUnhealthyClusterIsNotDisturbed(t *testing.T) {
	load, c := fakeLoad{}, &calls{}
	sick := fakeCluster{unwell: slices.Repeat([]error{errors.New("pod broker-a-master-0: not ready")}, 1000)}
	r := perform(t, []Step{{Fault: fakeFault{calls: c}}}, &load, &sick)
	if len(c.said) != 0 || len(load.calls) != 0 || !strings.Contains(fmt.Sprint(r.Problems), "pod broker-a-master-0: not ready") {
		t.Errorf("%q, the load was told %v, problems %v", c.said, load.calls, r.Problems)
	}
}

func TestNeedsAreListedOnce(t *testing.T) {
	s := Scenario{Steps: []Step{{Fault: fakeFault{}, With: []Step{{Fault: fakeFault{}}}}}}
	if got := s.Needs(); len(got) != 1 || got[0] != chaos.NodeHelper {
		t.Errorf("%v", got)
	}
}
