package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

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
		{name: "no loss could be planted", load: fakeLoad{scanFail: boom}, want: verify.Inconclusive, problem: "see that a planted loss would be noticed: no acknowledged message"},
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

func TestTheSpansWaitForAClusterThatHiccups(t *testing.T) {
	for hiccup, want := range map[time.Duration][2]int{ // the start of the span before, and the length of the one after
		0:               {4, 6},
		5 * time.Second: {9, 6},
		time.Hour:       {34, 36}, // it is judged as it is
	} {
		r := perform(t, []Step{{Fault: fakeFault{calls: &calls{}}}}, &fakeLoad{hiccup: hiccup}, &fakeCluster{})
		reader, err := history.Open(r.History)
		if err != nil {
			t.Fatal(err)
		}
		var got [2]int
		for record, err := range reader.Records() {
			if err != nil {
				t.Fatal(err)
			}
			if s, ok := record.(*history.Span); ok && s.Phase == history.Before {
				got[0] = int(s.Start.Seconds())
			} else if ok && s.Phase == history.After {
				got[1] = int((s.End - s.Start).Seconds())
			}
		}
		if got != want {
			t.Errorf("a hiccup until %s: before at %d s, after for %d s; want %v", hiccup, got[0], got[1], want)
		}
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
