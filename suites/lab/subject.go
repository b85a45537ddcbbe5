package lab

import (
	"context"
	"path/filepath"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
)

// subject is the cluster under test as the conductor sees it.
type subject struct {
	*rocketmq.Cluster
	dir string // of the experiment
}

// BackupInto is where a step that takes a backup puts it.
func (s subject) BackupInto() (*rocketmq.Cluster, string) {
	return s.Cluster, filepath.Join(s.dir, backupDir)
}

// Baseline takes down pods, nodes, claims and all else that no fault may change for good.
func (s subject) Baseline(ctx context.Context) (func(context.Context, chaos.Things) error, error) {
	before, err := observe.Take(ctx, s.Cluster)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, kept chaos.Things) error { return before.Leaks(ctx, s.Cluster, kept) }, nil
}
