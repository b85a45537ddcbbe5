package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/fixtures/images"
	"github.com/rmqproof/rmqproof/fixtures/kindcluster/provision"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"k8s.io/client-go/kubernetes"
)

// deploy returns a healthy cluster of this topology: the one that the scenario before left, where it is the same one and
// well, else a new one on empty volumes.
func (l *Lab) deploy(ctx context.Context, s topology.Spec) (*rocketmq.Cluster, error) {
	if l.deployed != nil && l.Standing == nil && fits(l.deployed.Topology(), s) && l.deployed.Healthy(ctx) == nil {
		return l.deployed, nil
	}
	if l.Standing == nil {
		l.deployed = nil
	}
	t := rocketmq.Topology{Overlay: s.Overlay, Version: cmp.Or(s.Version, l.Version), Settings: s.Settings}
	if s.Overlay == "" {
		return l.deploySubject(ctx, t)
	}
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

// deploySubject deploys the layout that the run is about, after the cluster has been given what it asks for. What stood
// there before goes first: its volumes need their classes until then.
func (l *Lab) deploySubject(ctx context.Context, t rocketmq.Topology) (*rocketmq.Cluster, error) {
	if l.Subject == nil {
		return nil, errors.New("the scenario names no overlay, and the run is about no layout of somebody else's")
	}
	if t.Settings != "" {
		return nil, fmt.Errorf("the scenario sets %q in every broker's configuration, and that of somebody else's is not changed", t.Settings)
	}
	if l.Standing != nil {
		return l.adopt(ctx, t)
	}
	t.Layout = &l.Subject.Layout
	if err := l.pullable(); err != nil {
		return nil, err
	}
	old, err := rocketmq.Open(l.access(), t)
	if err == nil {
		err = errors.Join(old.Delete(ctx), old.MakeRoom(ctx))
	}
	if err == nil {
		err = l.Subject.Supply(ctx, l.bed.Client, classes{l.bed.Client})
	}
	if err != nil {
		return nil, err
	}
	l.deployed, err = rocketmq.Deploy(ctx, l.access(), t)
	return l.deployed, err
}

// pullable refuses images that are on no node, where there is no registry to pull from.
func (l *Lab) pullable() error {
	have := l.bed.Images.References()
	absent := l.Subject.Absent(have)
	if len(absent) == 0 || l.bed.Images.Source == images.SourceRegistry {
		return nil
	}
	return fmt.Errorf("no registry is reached, and %s are on no node: map each with --map IMAGE=OTHER to one of %s", strings.Join(absent, ", "), strings.Join(have, ", "))
}

// classes makes storage classes on our kind cluster.
type classes struct{ client kubernetes.Interface }

func (c classes) SupplyClasses(ctx context.Context, shared map[string]bool) error {
	return provision.SupplyClasses(ctx, c.client, shared)
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
	case l.Standing != nil: // it is whoever's it was
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
	a := rocketmq.Access{}
	if l.Standing != nil {
		a = l.Standing.access()
	} else {
		a = l.bed.Access()
	}
	a.Ledger = l.ledger
	return a
}
