package scenario

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// HistoryFile is the name of the saved history in an experiment's folder.
const HistoryFile = history.FileName

// Run runs an experiment and judges it. What it records goes into dir; the Result tells everything else, also what
// went wrong on the way: once load has started, later steps run although an earlier one failed, so that a failed
// experiment still leaves a whole history.
func Run(ctx context.Context, s Scenario, dir string) Result {
	c := &conductor{Scenario: s, dir: dir, result: Result{Began: time.Now()}}
	c.perform(ctx)
	c.result.Took = time.Since(c.result.Began)
	return c.result
}

type conductor struct {
	Scenario
	dir    string
	rec    *history.Recorder
	result Result
}

func (c *conductor) perform(ctx context.Context) {
	if !c.awaitHealthy(ctx, "cluster is healthy before the experiment") {
		return
	}
	if !c.step(ctx, "start the load", c.Budget.Confirm, c.start) {
		return
	}
	after := context.WithoutCancel(ctx) // what follows a started load happens also when the experiment is cancelled
	if c.span(ctx, history.Span{Name: "before", Phase: history.Before}, c.Budget.Before) {
		injection := c.disturb(ctx)
		healthy := c.awaitHealthy(after, "cluster is healthy again")
		if healthy && injection {
			c.span(ctx, history.Span{Name: "after", Phase: history.After}, c.Budget.After)
		}
	}
	c.step(after, "stop the load", c.Budget.Drain, c.Load.Stop)
	c.step(after, "scan every queue", c.Budget.Drain, c.Load.Scan)
	c.step(after, "fetch the whole operation log", c.Budget.Drain, c.Load.Finish)
	c.step(after, "save the history", c.Budget.Drain, c.save)
	c.step(after, "collect evidence", c.Budget.Drain, func(ctx context.Context) error {
		return c.Cluster.Collect(ctx, filepath.Join(c.dir, "evidence"))
	})
	c.step(after, "judge", c.Budget.Drain, c.judge)
}

func (c *conductor) start(ctx context.Context) error {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(c.dir, HistoryFile)
	rec, err := history.Create(path)
	if err != nil {
		return err
	}
	c.rec = rec
	run := history.Run{Version: history.Version, ID: c.Name, Claims: claims.Texts(c.Judge.Claims)}
	if err := c.Load.Start(ctx, rec, run); err != nil {
		return errors.Join(err, rec.Close())
	}
	c.result.History = path
	return nil
}

// save ends the history and compresses it, to a seventh or so of its size.
func (c *conductor) save(context.Context) error {
	if err := c.rec.Close(); err != nil {
		return err
	}
	packed := c.result.History + ".packed"
	if err := history.Compact(c.result.History, packed); err != nil {
		return errors.Join(fmt.Errorf("compress the history; it stays as it was written: %w", err), os.RemoveAll(packed))
	}
	return os.Rename(packed, c.result.History)
}

// disturb injects, confirms, holds and heals, and records the fault's span. It tells whether the fault was injected.
func (c *conductor) disturb(ctx context.Context) bool {
	began := time.Now()
	var injection flat.Injection
	injected := c.step(ctx, "inject "+c.Fault.Name(), 0, func(ctx context.Context) (err error) {
		injection, err = c.Fault.Inject(ctx, c.Cluster)
		return err
	})
	if injection == nil {
		return false
	}
	c.result.Target = injection.Target()
	confirmed := injected && c.step(ctx, "confirm that it holds on "+injection.Target(), c.Budget.Confirm, injection.Confirm)
	if confirmed {
		c.step(ctx, "hold", 0, func(ctx context.Context) error { return hold(ctx, c.Budget.Hold) })
	}
	c.step(context.WithoutCancel(ctx), "heal", c.Budget.Heal, injection.Heal)
	c.record(history.Span{Name: c.Fault.Name(), Phase: history.Fault, Target: injection.Target(), Confirmed: confirmed}, began)
	return injected
}

// span keeps the load running for d and records the stretch. It tells whether it lasted.
func (c *conductor) span(ctx context.Context, s history.Span, d time.Duration) bool {
	began := time.Now()
	lasted := c.step(ctx, "traffic "+s.Name+" the fault", 0, func(ctx context.Context) error { return hold(ctx, d) })
	s.Confirmed = lasted
	c.record(s, began)
	return lasted
}

func (c *conductor) record(s history.Span, began time.Time) {
	s.Start, s.End = c.Load.Since(began), c.Load.Since(time.Now())
	if err := c.rec.Append(&s); err != nil {
		c.problem(fmt.Errorf("record the span %q: %w", s.Name, err))
	}
}

func (c *conductor) judge(context.Context) error {
	reader, err := history.Open(c.result.History)
	if err != nil {
		return err
	}
	if c.result.Report, err = verify.Judge(reader, c.Judge); err != nil {
		return err
	}
	if loss, _ := c.result.Report.Claim(claims.NoAckedLoss().ID()); loss.Verdict == verify.Violated {
		return nil // the judge has just named a loss in this very history; one made on purpose would show no more
	}
	if err := verify.PlantedLoss(reader); err != nil {
		return fmt.Errorf("planted loss: %w", err)
	}
	return nil
}
