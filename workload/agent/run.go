package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/load"
)

// run is one load, from its start to the end of its log.
type run struct {
	config    agentapi.RunConfig
	path      string
	started   time.Time
	cpuBefore float64
	cluster   *cluster.View
	rec       *history.Recorder
	tally     *tally
	consumer  *load.Consumer
	heard     atomic.Int64 // Unix nanoseconds of the last sign of the runner
	abandoned atomic.Bool  // the runner is gone: nobody waits for a drain

	mu          sync.Mutex
	phase       agentapi.Phase
	interrupted bool
	problem     error
	stopLoad    context.CancelFunc
	cost        cost // of the load, once it has ended
}

// configField is where the log's run line keeps the configuration, for an agent that is restarted.
const configField = "agentConfig"

// begin opens the log with its run line.
func begin(path string, c agentapi.RunConfig, d *cluster.View) (*run, error) {
	config, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", c.ID, err)
	}
	rec, err := history.Create(path)
	if err != nil {
		return nil, err
	}
	r := &run{config: c, path: path, started: time.Now(), cpuBefore: cpuSeconds(), cluster: d, rec: rec, tally: newTally(rec), phase: agentapi.PhaseRunning}
	err = rec.Append(&history.Run{Version: history.Version, ID: c.ID, Started: r.started, Extra: history.Extra{configField: config}})
	if err != nil {
		return nil, errors.Join(err, rec.Close())
	}
	return r, nil
}

func (r *run) since() time.Duration { return time.Since(r.started) }

// setPhase moves on from one phase to another. It tells whether the run was in the first.
func (r *run) setPhase(to agentapi.Phase, from ...agentapi.Phase) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range from {
		if r.phase == f {
			r.phase = to
			return true
		}
	}
	return false
}

func (r *run) currentPhase() agentapi.Phase {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.phase
}

// fail keeps the first thing that went wrong.
func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && r.problem == nil {
		r.problem = err
	}
}

// active tells whether the run still does something by itself.
func (r *run) active() bool {
	switch r.currentPhase() {
	case agentapi.PhaseRunning, agentapi.PhaseStopping, agentapi.PhaseScanning:
		return true
	}
	return false
}

func (r *run) status() agentapi.RunStatus {
	t := r.tally
	s := agentapi.RunStatus{
		ID: r.config.ID, Started: r.started, Now: time.Now(), LogBytes: r.rec.Offset(),
		Acked: t.acked.Load(), Failed: t.failed.Load(), Unknown: t.unknown.Load(), Probes: t.probes.Load(), ProbesOK: t.probesOK.Load(),
		Delivered: t.delivered.Load(), Found: t.found.Load(), Recreated: t.recreated.Load(),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Phase, s.Interrupted = r.phase, r.interrupted
	spent := r.cost
	if spent == (cost{}) && s.Phase == agentapi.PhaseRunning {
		spent = r.soFar()
	}
	s.CPUSeconds, s.LoadSeconds = spent.cpu, spent.lasted
	if r.problem != nil {
		s.Error = r.problem.Error()
	}
	return s
}

// finish closes the log. What comes after is refused.
func (r *run) finish() error {
	if !r.setPhase(agentapi.PhaseFinished, agentapi.PhaseStopped, agentapi.PhaseScanned) {
		if r.currentPhase() == agentapi.PhaseFinished {
			return nil
		}
		return fmt.Errorf("run %s is %s: stop it first", r.config.ID, r.currentPhase())
	}
	err := errors.Join(r.rec.Sync(), r.rec.Close(), markFinished(r.path))
	r.fail(err)
	return err
}

// discard takes back a run that could not start.
func (r *run) discard() error {
	return errors.Join(r.rec.Close(), os.Remove(r.path))
}
