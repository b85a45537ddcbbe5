package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
)

const (
	logSuffix      = ".rmqh"
	finishedSuffix = ".finished"
	// StatusRestart is the status of a send that the agent may have begun when it died.
	StatusRestart = "AGENT_RESTART"
)

func markFinished(path string) error { return os.WriteFile(path+finishedSuffix, nil, 0o644) }

// reopen takes up the logs that an earlier life of the agent left. None goes on as a load.
func reopen(dir string, d *cluster.View) (map[string]*run, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*"+logSuffix))
	if err != nil {
		return nil, err
	}
	runs := map[string]*run{}
	for _, path := range paths {
		r, err := reopenOne(path, d)
		if err != nil {
			return nil, fmt.Errorf("take up the log %s: %w; move it away to start without it", path, err)
		}
		if r != nil {
			runs[r.config.ID] = r
		}
	}
	return runs, nil
}

// reopenOne gives nil for a log without a run line: its run was never announced to anybody.
func reopenOne(path string, d *cluster.View) (*run, error) {
	rec, err := history.Resume(path)
	if err != nil {
		return nil, err
	}
	if rec.Offset() == 0 {
		return nil, errors.Join(rec.Close(), os.Remove(path))
	}
	r := &run{path: path, cluster: d, rec: rec, log: newRunLog(rec), cpuBefore: cpuSeconds(), phase: agentapi.PhaseStopped}
	stood, err := r.replay()
	if err != nil {
		return nil, errors.Join(err, rec.Close())
	}
	if _, err := os.Stat(path + finishedSuffix); err == nil {
		r.phase = agentapi.PhaseFinished
		return r, rec.Close()
	}
	r.interrupted = true
	return r, errors.Join(r.equip(), r.interrupt(stood))
}

// left is where a producer stood: its next sequence number, and when its last send ended.
type left struct {
	next uint64
	end  time.Duration
}

// replay counts what the log holds and finds where each producer stood.
func (r *run) replay() (map[uint32]left, error) {
	file, err := history.Open(r.path)
	if err != nil {
		return nil, err
	}
	stood := map[uint32]left{}
	for record, err := range file.Records() {
		if err != nil {
			return nil, err
		}
		switch record := record.(type) {
		case *history.Run:
			if err := json.Unmarshal(record.Config, &r.config); err != nil {
				return nil, fmt.Errorf("its run line has no configuration of an agent: %w", err)
			}
			r.started = record.Started
		case *history.Send:
			stood[record.Producer] = left{record.Seq + 1, record.End}
		}
		r.log.recount(record)
	}
	if r.config.ID != strings.TrimSuffix(filepath.Base(r.path), logSuffix) {
		return nil, fmt.Errorf("it is the log of run %q", r.config.ID)
	}
	return stood, nil
}

// interrupt records, for every producer, the one send that may have been under way: it may have been stored, and even
// acknowledged, before its record could be written.
func (r *run) interrupt(stood map[uint32]left) error {
	r.tell("load", errors.New("the agent was restarted in the middle of the load, which ended there"))
	now, first := r.since(), uint32(0)
	for _, t := range r.traffics {
		for producer := first; producer < first+t.Producers(); producer++ {
			l := stood[producer]
			s := t.Attempt(producer, l.next)
			s.Intended, s.Start, s.End, s.Status = l.end, l.end, max(now, l.end), StatusRestart
			if err := r.log.send(&s); err != nil {
				return err
			}
		}
		first += t.Producers()
	}
	return nil
}
