// Package scenario is the conductor: it runs one experiment from a healthy cluster to a judged history.
// It knows neither Ginkgo nor RocketMQ; a scenario is a value.
package scenario

import (
	"context"
	"time"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
)

// Scenario is one experiment.
type Scenario struct {
	Name    string // the folder's name
	Title   string // one sentence for a person
	Cluster Cluster
	Load    Load
	Fault   flat.Fault
	Budget  Budget
	Judge   verify.Options
}

// Cluster is what the conductor needs of the cluster under test, beyond what a fault needs.
type Cluster interface {
	flat.Cluster
	// Collect writes what a person needs to explain a failure into dir: logs, events, configuration.
	Collect(ctx context.Context, dir string) error
}

// Load is the traffic of an experiment. Its methods are called in this order, once each.
type Load interface {
	// Start returns once sends are under way. Records come into rec until Finish returns, beginning with run,
	// which Start completes with the time that all others count from.
	Start(ctx context.Context, rec *history.Recorder, run history.Run) error
	// Acked is the number of acknowledged sends so far.
	Acked() int64
	// Since is a moment of this process as a time of the run.
	Since(t time.Time) time.Duration
	// Stop ends the sends and waits until the consumers have been quiet for a while.
	Stop(ctx context.Context) error
	// Scan reads every queue from end to end with a fresh client.
	Scan(ctx context.Context) error
	// Finish returns when rec has every record.
	Finish(ctx context.Context) error
}

// Budget is how long each step of an experiment may or should take.
type Budget struct {
	Before  time.Duration // undisturbed traffic first; it is the baseline of rate and latency
	Hold    time.Duration // how long the confirmed fault is left to work
	After   time.Duration // undisturbed traffic behind it; shows that service has really resumed
	Confirm time.Duration // until a fault must be seen to hold on its target
	Heal    time.Duration // until what was changed must be undone
	Healthy time.Duration // until the cluster must be whole again, before and after
	Drain   time.Duration // until the load must be stopped, scanned and read
}

// Default is the budget for a pod-sized fault on a two-core machine. The waits are generous, for they cost nothing
// when all goes well, and a slow machine is no violation.
var Default = Budget{
	Before:  6 * time.Second,
	Hold:    10 * time.Second,
	After:   6 * time.Second,
	Confirm: time.Minute,
	Heal:    2 * time.Minute,
	Healthy: 3 * time.Minute,
	Drain:   90 * time.Second,
}

// Result is what an experiment showed.
type Result struct {
	History string // path of the saved history; empty where the load never started
	Report  verify.Report
	Target  string
	Began   time.Time
	Took    time.Duration
	// Problems are the steps that failed, in order. With any, the verdict is inconclusive at best.
	Problems []error
}

// Verdict is the worse of what the history shows and of how well the experiment itself went.
func (r Result) Verdict() verify.Verdict {
	if len(r.Problems) > 0 && r.Report.Verdict != verify.Violated {
		return verify.Inconclusive
	}
	return r.Report.Verdict
}
