package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/traffic"
)

// run is one load, from its start to the end of its log.
type run struct {
	config    agentapi.RunConfig
	path      string
	started   time.Time
	cpuBefore float64
	cluster   *cluster.View
	rec       *history.Recorder
	log       *runLog
	traffics  []traffic.Traffic
	consumers []*traffic.Consumer // as many as traffics; nil for one without
	lastSign  atomic.Int64        // Unix nanoseconds of the runner's last sign
	abandoned atomic.Bool         // the runner is gone: nobody waits for a drain

	mu          sync.Mutex
	phase       agentapi.Phase
	interrupted bool
	problem     error
	stopLoad    context.CancelFunc
	cost        cost // of the load, once it has ended
}

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
	r := &run{config: c, path: path, started: time.Now(), cpuBefore: cpuSeconds(), cluster: d, rec: rec, log: newRunLog(rec), phase: agentapi.PhaseRunning}
	if err := r.equip(); err != nil {
		return nil, errors.Join(err, rec.Close())
	}
	err = rec.Append(&history.Run{Version: history.Version, ID: c.ID, Started: r.started, Seed: c.Seed, Config: config})
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

// fail keeps the first thing that went wrong, and writes everything that did into the log.
func (r *run) fail(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	if r.problem == nil {
		r.problem = err
	}
	r.mu.Unlock()
	r.tell("load", err)
}

// tell writes what went wrong into the log, where the judge finds it.
func (r *run) tell(step string, problem error) {
	if err := r.log.note(&history.Problem{At: r.since(), Step: step, Text: problem.Error()}); err != nil {
		slog.Error("a problem could not be recorded", "problem", problem, "error", err)
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
	t := r.log
	s := agentapi.RunStatus{
		ID: r.config.ID, Started: r.started, Now: time.Now(), LogBytes: r.rec.Offset(),
		Acked: t.acked.Load(), Failed: t.failed.Load(), Unknown: t.unknown.Load(), Probes: t.probes.Load(), ProbesOK: t.probesOK.Load(),
		Delivered: t.delivered.Load(), Found: t.found.Load(), Recreated: t.recreated.Load(),
	}
	if at := t.disturbed.Load(); at != 0 {
		s.Disturbed = time.Unix(0, at)
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
