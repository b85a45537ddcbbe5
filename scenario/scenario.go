// Package scenario is the conductor: it runs one experiment from a healthy cluster to a judged history.
// It knows neither Ginkgo, nor Kubernetes, nor RocketMQ; a scenario is a value that a program can list.
package scenario

import (
	"context"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// Traffic is one kind of load beside others: what is sent where, how quickly, and who consumes it.
type Traffic = agentapi.Traffic

// Scenario is one experiment.
type Scenario struct {
	Name    string   // the folder's name; unique in a catalogue
	Title   string   // one sentence for a person
	Labels  []string // what it is selected by
	On      topology.Spec
	Load    []Traffic
	NoProbe bool // leave out the probes of each broker group
	// PlantSecret puts a Secret into the cluster and a pod that prints it: the evidence must hold neither
	PlantSecret bool
	Steps       []Step
	Claims      []verify.Claim
	Expect      verify.Expectation // zero: every claim holds
	Mute        string             // what a cluster says that never serves: where the experiment cannot begin because of it, that is what Expect wants
	Restores    bool               // a step takes a backup: behind the load a cluster is restored of it, and judged as an experiment of its own
	Budget      Budget             // zero fields: those of Default
	Spoils      bool               // something stays that another scenario does not expect: RocketMQ is deployed anew behind it
	Takes       time.Duration      // as measured on two cores, images cached, cluster and RocketMQ up
}

// Step injects one fault, confirms it, lets it work and heals it.
type Step struct {
	After time.Duration // the pause before it: behind the step before it, or, within With, behind the start of the step it belongs to
	Hold  time.Duration // how long the confirmed fault is left to work, at least: the evidence of it is gathered before it is healed
	Fault chaos.Fault
	With  []Step // run beside it
}

// Budget is how long each part of an experiment lasts or may last.
type Budget struct {
	Warm    time.Duration // traffic without a disturbance that counts for nothing: a server's first messages are slow, its classes are loaded and compiled
	Before  time.Duration // undisturbed traffic first; it is the baseline of rate and latency
	After   time.Duration // traffic behind the last step; it shows that service has really resumed
	Settle  time.Duration // for how much longer than Warm and After a cluster that hiccups is waited for
	Confirm time.Duration // until a fault must be seen to hold on its target
	Heal    time.Duration // until what was changed must be undone
	Healthy time.Duration // until the cluster must be whole again, before and after
	Finish  time.Duration // for each of: stop and drain the load, scan, fetch, gather evidence, judge
}

// Default suits a pod-sized fault on a two-core machine. The bounds are generous, for they cost nothing when all goes
// well, and a slow machine is no violation.
var Default = Budget{
	Warm:    4 * time.Second,
	Before:  6 * time.Second,
	After:   6 * time.Second,
	Settle:  30 * time.Second,
	Confirm: time.Minute,
	Heal:    2 * time.Minute,
	Healthy: 3 * time.Minute,
	Finish:  90 * time.Second,
}

// orDefault fills in what is not stated.
func (b Budget) orDefault() Budget {
	for _, f := range []struct {
		of        *time.Duration
		otherwise time.Duration
	}{
		{&b.Warm, Default.Warm}, {&b.Before, Default.Before}, {&b.After, Default.After}, {&b.Settle, Default.Settle}, {&b.Confirm, Default.Confirm},
		{&b.Heal, Default.Heal}, {&b.Healthy, Default.Healthy}, {&b.Finish, Default.Finish},
	} {
		if *f.of == 0 {
			*f.of = f.otherwise
		}
	}
	return b
}

// Cluster is what the conductor needs of the cluster under test, beyond what a fault needs.
type Cluster interface {
	chaos.System
	// Healthy returns nil when the cluster is whole: all is ready, registered, writable and replicated.
	Healthy(ctx context.Context) error
	// Baseline takes down the state of all that no fault may change for good. What it returns names everything that has
	// changed since, but for what was kept on purpose.
	Baseline(ctx context.Context) (leaks func(ctx context.Context, kept chaos.Things) error, err error)
	// Collect writes what a person needs to explain a failure into dir: logs, events, configuration.
	Collect(ctx context.Context, dir string) error
}

// Workload drives the traffic of an experiment. Its methods but Since and Undisturbed are called in this order, once each.
type Workload interface {
	// Start returns once sends are under way. Records come into rec until Finish returns, beginning with run,
	// which Start completes with the time that all others count from and with what the load announces.
	Start(ctx context.Context, rec *history.Recorder, run history.Run) error
	// Since is a moment of this process as a time of the run.
	Since(t time.Time) time.Duration
	// Undisturbed is for how long every broker group has served, as far as is known.
	Undisturbed(ctx context.Context) (time.Duration, error)
	// Stop ends the sends and waits until the consumers have been quiet for a while.
	Stop(ctx context.Context) error
	// Scan reads every queue from end to end with a fresh client.
	Scan(ctx context.Context) error
	// Finish returns when rec has every record.
	Finish(ctx context.Context) error
}

// Bench is what an experiment runs on.
type Bench struct {
	Cluster  Cluster
	Workload Workload
	Dir      string         // the experiment's folder
	Run      history.Run    // what the runner knows of the run: tool, seed, promise
	Progress Progress       // nil: silent
	Judge    verify.Options // how to judge; its claims are the scenario's
}

// Result is what an experiment showed.
type Result struct {
	History string // path of the saved history; empty where the load never started
	Report  verify.Report
	Began   time.Time
	Took    time.Duration
	// Problems are the steps that failed, in order. With any, the verdict is inconclusive at best.
	Problems []error
}

// Faults lists the names of the faults in the order of the schedule, those of With behind their step.
func (s Scenario) Faults() (names []string) {
	for _, f := range faults(s.Steps) {
		names = append(names, f.Name())
	}
	return names
}

// Needs lists what the scenario's faults need, each once, in order.
func (s Scenario) Needs() (needs []chaos.Need) {
	seen := map[chaos.Need]bool{}
	for _, f := range faults(s.Steps) {
		for _, n := range f.Needs() {
			if !seen[n] {
				seen[n] = true
				needs = append(needs, n)
			}
		}
	}
	return needs
}

func faults(steps []Step) (list []chaos.Fault) {
	for _, s := range steps {
		list = append(append(list, s.Fault), faults(s.With)...)
	}
	return list
}
