package scenario

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// The names of the spans around the faults.
const (
	spanBefore = "before"
	spanAfter  = "after"
)

// Run runs an experiment and judges it. What it records goes into the bench's folder; the Result tells everything else,
// also what went wrong on the way: once load has started, later steps run although an earlier one failed, so that a
// failed experiment still leaves a whole history.
func Run(ctx context.Context, s Scenario, b Bench) Result {
	s.Budget = s.Budget.orDefault()
	c := &conductor{Scenario: s, Bench: b, result: Result{Began: time.Now()}}
	c.perform(ctx)
	c.result.Took = time.Since(c.result.Began)
	return c.result
}

type conductor struct {
	Scenario
	Bench
	rec *history.Recorder

	company   company
	mu        sync.Mutex // steps run beside each other
	recording bool       // the history takes records
	kept      chaos.Things
	result    Result
}

func (c *conductor) perform(ctx context.Context) {
	if !c.awaitHealthy(ctx, "cluster is healthy before the experiment") || !c.step(ctx, "start the load", c.Budget.Confirm, c.start) {
		return
	}
	after := context.WithoutCancel(ctx) // what follows a started load happens also when the experiment is cancelled
	if c.step(ctx, "traffic to get warm", 0, c.undisturbed(c.Budget.Warm)) &&
		c.span(ctx, history.Span{Name: spanBefore, Phase: history.Before}, holding(c.Budget.Before)) {
		c.disturb(ctx, after)
	}
	c.step(after, "stop the load", c.Budget.Finish, c.Workload.Stop)
	var beside sync.WaitGroup // not while the load runs: one probe that it delays at the very end leaves a group's recovery open
	beside.Go(func() { c.step(after, "gather evidence", c.Budget.Finish, c.collect("after")) })
	c.step(after, "scan every queue", c.Budget.Finish, c.Workload.Scan)
	beside.Wait()
	c.step(after, "fetch the whole operation log", c.Budget.Finish, c.Workload.Finish)
	c.step(after, "see that a planted loss would be noticed", c.Budget.Finish, c.plantLoss)
	c.step(after, "save the history", c.Budget.Finish, c.save)
	c.step(after, "judge", c.Budget.Finish, c.judge)
}

// disturb runs the schedule and holds the cluster to what it was before.
func (c *conductor) disturb(ctx, after context.Context) {
	var leaks func(context.Context, chaos.Things) error
	taken := c.step(ctx, "take down the state before", c.Budget.Confirm, func(ctx context.Context) (err error) {
		leaks, err = c.Cluster.Baseline(ctx)
		return err
	})
	if !taken {
		return
	}
	injected := c.schedule(ctx, c.Steps)
	whole := c.awaitHealthy(after, "cluster is healthy again")
	c.step(after, "everything is as it was before", c.Budget.Confirm, func(ctx context.Context) error { return leaks(ctx, c.kept) })
	if injected && whole {
		c.span(ctx, history.Span{Name: spanAfter, Phase: history.After}, c.undisturbed(c.Budget.After))
	}
}

func (c *conductor) start(ctx context.Context) error {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(c.Dir, history.FileName)
	rec, err := history.Create(path)
	if err != nil {
		return err
	}
	c.rec = rec
	if err := c.Workload.Start(ctx, rec, c.announcement()); err != nil {
		return errors.Join(err, rec.Close())
	}
	c.result.History, c.recording = path, true
	return nil
}

// announcement is the run's first line: what the run means to show, so that its absence is noticed.
func (c *conductor) announcement() history.Run {
	run := c.Run
	run.Version, run.ID = history.Version, c.Name
	run.Faults, run.Spans = c.Faults(), []string{spanBefore, spanAfter}
	run.Claims, run.Config = claims.Texts(c.Claims), c.Schedule()
	return run
}

// plantLoss withholds one acknowledged message from a copy of the scan: the judge must notice. What it misses is a
// problem of the run and stands in its history, so it comes before the history is saved.
func (c *conductor) plantLoss(context.Context) error {
	reader, err := history.Open(c.result.History)
	if err != nil {
		return err
	}
	found, err := verify.Judge(reader, verify.Options{Claims: []verify.Claim{claims.NoAckedLoss()}, MessagesOnly: true, Evidence: -1})
	if loss, _ := found.Claim(claims.NoAckedLoss().ID()); err != nil || loss.Verdict == verify.Violated {
		return err // the judge has just named a loss in this very history; one made on purpose would show no more
	}
	return verify.PlantedLoss(reader)
}

// save ends the history and compresses it, to a seventh or so of its size.
func (c *conductor) save(context.Context) error {
	c.mu.Lock()
	c.recording = false
	c.mu.Unlock()
	if err := c.rec.Close(); err != nil {
		return err
	}
	packed := c.result.History + ".packed"
	if err := history.Compact(c.result.History, packed); err != nil {
		return errors.Join(fmt.Errorf("compress the history; it stays as it was written: %w", err), os.RemoveAll(packed))
	}
	return os.Rename(packed, c.result.History)
}

// collect gathers the evidence of one moment into a folder of its own.
func (c *conductor) collect(moment string) func(context.Context) error {
	return func(ctx context.Context) error {
		return c.Cluster.Collect(ctx, filepath.Join(c.Dir, "evidence", moment))
	}
}

func (c *conductor) judge(context.Context) error {
	reader, err := history.Open(c.result.History)
	if err != nil {
		return err
	}
	options := c.Judge
	options.Claims = c.Claims
	c.result.Report, err = verify.Judge(reader, options)
	return err
}
