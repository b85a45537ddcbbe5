package lab

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/rmqproof/rmqproof/fixtures/backup"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/scenario"
)

// restoredIn is the namespace of a drill's restored cluster.
const restoredIn = "rocketmq-restored"

// restore makes a cluster of the backup that a scenario took, if it is one that does, judges it as an experiment beside the scenario's, and takes it away again.
func (l *Lab) restore(ctx context.Context, s scenario.Scenario, of reports.Experiment) (err error) {
	if !s.Restores {
		return nil
	}
	if l.Standing != nil {
		return fmt.Errorf("%s: a backup is restored on our own kind cluster alone", s.Name)
	}
	dir := filepath.Join(l.Dir, s.Name)
	b, err := backup.Open(filepath.Join(dir, backupDir))
	if err != nil {
		return fmt.Errorf("%s: nothing is restored: %w", s.Name, err)
	}
	t := b.Topology(restoredIn, "restored")
	if err := l.bed.Prepare(ctx, t); err != nil {
		return err
	}
	c, err := backup.Restore(ctx, l.access(), b, t)
	if c != nil {
		defer func() { err = errors.Join(err, c.Delete(ctx)) }()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	step := progress.Start(ctx, "%s: judge what was restored", s.Name)
	r := Restored{Cluster: c, Backup: b, Source: filepath.Join(dir, history.FileName), Dir: dir + RestoredSuffix}
	e, err := r.Judge(ctx)
	if step.Done(err) != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	progress.Say(ctx, "recovery point: %s", e.Meta.Config[RecoveryPoint])
	e.Title = of.Title + ": the restored cluster"
	e.Meta.Seed, e.Meta.Rerun = of.Meta.Seed, of.Meta.Rerun
	return reports.WriteExperiment(r.Dir, e)
}
