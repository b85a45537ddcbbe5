package lab

import (
	"cmp"
	"context"

	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
)

// deploy returns a healthy cluster of this topology: the one that the scenario before left, where it is the same one and
// well, else a new one on empty volumes.
func (l *Lab) deploy(ctx context.Context, s topology.Spec) (*rocketmq.Cluster, error) {
	if l.deployed != nil && fits(l.deployed.Topology(), s) && l.deployed.Healthy(ctx) == nil {
		return l.deployed, nil
	}
	l.deployed = nil
	t := rocketmq.Topology{Overlay: s.Overlay, Version: cmp.Or(s.Version, l.Version), Settings: s.Settings}
	old, err := rocketmq.Open(l.access(), t)
	if err != nil {
		return nil, err
	}
	if err := old.Delete(ctx); err != nil {
		return nil, err
	}
	if err := l.bed.Prepare(ctx, t); err != nil {
		return nil, err
	}
	l.deployed, err = rocketmq.Deploy(ctx, l.access(), t)
	return l.deployed, err
}

// fits tells whether what is deployed is what a scenario asks for. One that names no version takes what an upgrade left,
// which is worth as much as a new cluster.
func fits(have rocketmq.Topology, want topology.Spec) bool {
	return have.Overlay == want.Overlay && have.Settings == want.Settings && (want.Version == "" || have.Version == want.Version)
}

// leave notes in what state a scenario leaves the cluster.
func (l *Lab) leave(s scenario.Scenario, passed bool) error {
	switch {
	case l.deployed == nil:
	case s.Spoils || s.On.UpgradeTo != "" && !passed: // who knows which version runs where
		l.deployed = nil
	case s.On.UpgradeTo != "":
		t := l.deployed.Topology()
		t.Version = s.On.UpgradeTo
		var err error
		l.deployed, err = rocketmq.Open(l.access(), t)
		return err
	}
	return nil
}

// access is how the cluster is reached. Every fault on it is written to the run's ledger.
func (l *Lab) access() rocketmq.Access {
	a := l.bed.Access()
	a.Ledger = l.ledger
	return a
}
