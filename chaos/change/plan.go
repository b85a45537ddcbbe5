package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/topology"
	appsv1 "k8s.io/api/apps/v1"
)

// set is one StatefulSet of an upgrade, in the form in which the ledger keeps it.
type set struct {
	Name      string   `json:"set"`
	Container string   `json:"container"`
	Image     string   `json:"image"` // before
	Pods      []string `json:"pods"`
	kind      topology.Kind
}

// plan is what an upgrade will do. Its order is found step by step: who is a slave changes on the way.
type plan struct {
	Upgrade
	cluster kube.Cluster
	sets    []set
	brokers []kube.Victim // before
	before  observe.Baseline
}

// imagesPrior is what restoring takes.
type imagesPrior struct {
	To    string `json:"to"`
	Steps []set  `json:"steps"` // those begun, in that order
}

func (p *plan) String() string {
	var names []string
	for _, s := range p.sets {
		names = append(names, s.Name)
	}
	return "StatefulSets " + strings.Join(names, ", ")
}

// plan lists the StatefulSets and refuses what cannot be upgraded.
func (u Upgrade) plan(ctx context.Context, c kube.Cluster) (*plan, error) {
	p := &plan{Upgrade: u, cluster: c}
	var servers []kube.Victim
	if u.NameServers {
		found, err := kube.Select(ctx, c, chaos.NameServers.All())
		if err != nil {
			return nil, err
		}
		servers = found
	}
	for _, role := range []chaos.Role{chaos.Slaves, chaos.Masters} {
		found, err := kube.Candidates(ctx, c, role.All())
		if err != nil {
			return nil, err
		}
		p.brokers = append(p.brokers, found...)
	}
	if len(p.brokers) == 0 {
		return nil, errors.New("the cluster reports no broker: nothing to upgrade")
	}
	for _, b := range p.brokers {
		if p.FromVersion != "" && !sameVersion(b.Version, p.FromVersion) {
			return nil, fmt.Errorf("%s reports version %s, not %s: this is no upgrade from there", b, b.Version, p.FromVersion)
		}
	}
	for _, v := range append(servers, p.brokers...) {
		if err := p.add(ctx, v); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// add appends the server's StatefulSet unless it is there already.
func (p *plan) add(ctx context.Context, v kube.Victim) error {
	s, err := kube.SetOf(ctx, p.cluster, &v.Object)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(p.sets, func(have set) bool { return have.Name == s.Name }) {
		return nil
	}
	image, ok := imageIn(s, v.Container)
	if !ok {
		return fmt.Errorf("StatefulSet %s has no container named %s, in which %s runs", s.Name, v.Container, v)
	}
	p.sets = append(p.sets, set{Name: s.Name, Container: v.Container, Image: image, Pods: kube.PodNames(s), kind: v.Kind})
	return p.acceptable(s, image)
}

func (p *plan) acceptable(s *appsv1.StatefulSet, image string) error {
	switch {
	case image == p.To:
		return fmt.Errorf("StatefulSet %s runs %s already: an upgrade would change nothing", s.Name, image)
	case p.From != "" && image != p.From:
		return fmt.Errorf("StatefulSet %s runs %s, not %s: this is no upgrade from there", s.Name, image, p.From)
	}
	return rolls(s)
}

// rolls refuses a set whose new template would not reach its pods.
func rolls(s *appsv1.StatefulSet) error {
	if s.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType {
		return fmt.Errorf("StatefulSet %s has the update strategy OnDelete: a new template would not reach its pods", s.Name)
	}
	if n := partitionOf(s); n > 0 {
		return fmt.Errorf("StatefulSet %s has the update partition %d: a new template would not reach all its pods", s.Name, n)
	}
	return nil
}

func imageIn(s *appsv1.StatefulSet, container string) (string, bool) {
	for _, c := range s.Spec.Template.Spec.Containers {
		if c.Name == container {
			return c.Image, true
		}
	}
	return "", false
}

// next returns the StatefulSet whose turn it is: NameServers first, then those without a master now. A slave copies from
// an older master what it knows; the other way is not promised.
func (p *plan) next(ctx context.Context, begun []set) (set, error) {
	now, err := p.cluster.Snapshot(ctx)
	if err != nil {
		return set{}, fmt.Errorf("asking which brokers are slaves now: %w", err)
	}
	var best *set
	for n := range p.sets {
		s := &p.sets[n]
		isBegun := slices.ContainsFunc(begun, func(b set) bool { return b.Name == s.Name })
		if !isBegun && (best == nil || s.rank(now) < best.rank(now)) {
			best = s
		}
	}
	return *best, nil
}

func (s set) rank(now topology.Snapshot) int {
	switch {
	case s.kind == topology.NameServer:
		return 0
	case !slices.ContainsFunc(now.Masters(), func(p topology.Process) bool { return slices.Contains(s.Pods, p.Pod) }):
		return 1
	}
	return 2
}
