// Package lab runs scenarios of the catalogue on a kind cluster of our own: it deploys what a scenario stands on, runs and
// judges it, and writes its report. The command line and the Ginkgo specs share it, so that both give the same verdicts.
package lab

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/fixtures/foreign"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/fixtures/testbed"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/reports"
)

// ErrNotStanding marks a scenario that has nothing to run on.
var ErrNotStanding = errors.New("there is no healthy cluster")

// LedgerFile is the name of a run's ledger of faults in its folder.
const LedgerFile = "ledger.jsonl"

// Options of a run.
type Options struct {
	Dir       string   // the run's folder; each experiment has one of its own below it
	Mode      string   // overlay on which the scenarios of the cluster with fixed masters are run instead; empty: on theirs
	Version   string   // of RocketMQ
	UpgradeTo string   // version that upgrades lead to; its image is brought along
	Also      []string // further versions that scenarios name
	Rerun     string   // the command that does it again
	Title     string   // of the run's report
	Seed      int64
	Keep      bool // leave the cluster running
	// Subject is the layout of scenarios that name no overlay. It does not go through the environment.
	Subject *foreign.Adapted
	// Standing is the cluster on which Subject stands already; nil: it is deployed on our kind cluster.
	Standing *Standing
}

// Lab is a cluster on which scenarios run one after another. Its methods are called one at a time.
type Lab struct {
	Options
	bed      *testbed.Testbed
	ledger   *ledger.Ledger
	deployed *rocketmq.Cluster // nil: the next scenario deploys anew
	adopted  *rocketmq.Cluster // of somebody else's
	aborted  error             // why nothing more may be run
	began    time.Time
}

// Open brings the testbed up, from nothing where need be.
func Open(ctx context.Context, o Options) (*Lab, error) {
	l := &Lab{Options: o, began: time.Now()}
	var err error
	if o.Standing == nil {
		l.bed, err = testbed.Up(ctx, append([]string{o.Version, o.UpgradeTo}, o.Also...)...) // for all scenarios alike, so that they share one node image
	}
	if err != nil {
		return nil, err
	}
	if l.ledger, err = ledger.Open(filepath.Join(o.Dir, LedgerFile)); err != nil {
		return nil, fmt.Errorf("%w; the cluster is left as it is, make down takes it down", err)
	}
	return l, nil
}

// Close takes the cluster down, unless it was there before or is to be kept.
func (l *Lab) Close(ctx context.Context) error {
	if err := l.ledger.Close(); err != nil {
		return err
	}
	if l.Standing != nil {
		return l.retreat(ctx)
	}
	if l.Keep || l.bed.Reused {
		progress.Say(ctx, "the cluster stays: make down takes it down")
		return nil
	}
	return l.bed.Down(context.WithoutCancel(ctx))
}

// Conclude writes the run's report over all its experiments. Trouble is what went wrong beside them.
func Conclude(o Options, began time.Time, trouble string) (reports.Run, error) {
	run, err := reports.ReadRun(o.Dir)
	if err != nil {
		run = reports.Run{Error: err.Error()}
	}
	run.Title, run.Error = o.Title, run.Error+trouble
	run.Meta = reports.Meta{Started: began, Took: time.Since(began), Seed: o.Seed, Rerun: o.Rerun}
	return run, reports.WriteRun(o.Dir, run)
}
