package flat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// mainContainers are the names of the containers that run RocketMQ; others in their pods are not upgraded.
var mainContainers = []string{"broker", "nameserver"}

// upgradeStep is one StatefulSet of an upgrade, in the form in which the ledger keeps it.
type upgradeStep struct {
	Set       string   `json:"set"`
	Container string   `json:"container"`
	Image     string   `json:"image"` // before
	Pods      []string `json:"pods"`
	groups    []string // of the brokers in it; "" for NameServers
}

// upgradePlan is what an upgrade will do, in order.
type upgradePlan struct {
	RollingUpgrade
	steps   []upgradeStep
	brokers []Broker // before
}

// imagesPrior is what restoring takes.
type imagesPrior struct {
	To    string        `json:"to"`
	Steps []upgradeStep `json:"steps"` // in the order of the upgrade
}

func (p upgradePlan) prior() imagesPrior { return imagesPrior{p.To, p.steps} }

func (p upgradePlan) String() string {
	var names []string
	for _, s := range p.steps {
		names = append(names, s.Set)
	}
	return "StatefulSets " + strings.Join(names, ", ")
}

// plan lists the StatefulSets in the order of the upgrade and refuses what cannot be upgraded.
func (u RollingUpgrade) plan(ctx context.Context, c Cluster) (upgradePlan, error) {
	p := upgradePlan{RollingUpgrade: u}
	if u.NameServers {
		pods, err := selector{of: NameServers, pick: All}.pods(ctx, c)
		if err != nil {
			return p, err
		}
		for n := range pods {
			if err := p.add(ctx, c, &pods[n], ""); err != nil {
				return p, err
			}
		}
	}
	brokers, err := c.Brokers(ctx)
	if err != nil {
		return p, fmt.Errorf("asking the NameServers for the brokers: %w", err)
	}
	// Slaves before masters: a slave copies from an older master what it knows; the other way is not promised.
	slices.SortFunc(brokers, func(a, b Broker) int {
		return cmp.Or(-cmp.Compare(min(a.ID, 1), min(b.ID, 1)), strings.Compare(a.Group, b.Group), cmp.Compare(a.ID, b.ID))
	})
	if len(brokers) == 0 {
		return p, errors.New("no broker is registered: nothing to upgrade")
	}
	p.brokers = brokers
	return p, p.addBrokers(ctx, c)
}

func (p *upgradePlan) addBrokers(ctx context.Context, c Cluster) error {
	for _, b := range p.brokers {
		if b.Pod == "" {
			return fmt.Errorf("broker %s id %d is registered at %s, which is no pod's address", b.Group, b.ID, b.Address)
		}
		if p.FromVersion != "" && !sameVersion(b.Version, p.FromVersion) {
			return fmt.Errorf("broker %s id %d reports version %s, not %s: this is no upgrade from there", b.Group, b.ID, b.Version, p.FromVersion)
		}
		pod, err := c.Client().CoreV1().Pods(c.Namespace()).Get(ctx, b.Pod, getOptions)
		if err != nil {
			return fmt.Errorf("reading the pod of broker %s id %d: %w", b.Group, b.ID, err)
		}
		if err := p.add(ctx, c, pod, b.Group); err != nil {
			return err
		}
	}
	return nil
}

// add appends the pod's StatefulSet unless it is there already.
func (p *upgradePlan) add(ctx context.Context, c Cluster, pod *corev1.Pod, group string) error {
	set, err := setOf(ctx, c, pod)
	if err != nil {
		return err
	}
	for n := range p.steps {
		if p.steps[n].Set == set.Name {
			p.steps[n].groups = append(p.steps[n].groups, group)
			return nil
		}
	}
	main := mainContainer(set)
	if main == nil {
		return fmt.Errorf("StatefulSet %s has no container named %s", set.Name, strings.Join(mainContainers, " or "))
	}
	p.steps = append(p.steps, upgradeStep{
		Set: set.Name, Container: main.Name, Image: main.Image, Pods: podNames(set), groups: []string{group},
	})
	return p.acceptable(set, main.Image)
}

func (p *upgradePlan) acceptable(set *appsv1.StatefulSet, image string) error {
	how := set.Spec.UpdateStrategy
	switch {
	case image == p.To:
		return fmt.Errorf("StatefulSet %s runs %s already: an upgrade would change nothing", set.Name, image)
	case p.From != "" && image != p.From:
		return fmt.Errorf("StatefulSet %s runs %s, not %s: this is no upgrade from there", set.Name, image, p.From)
	case how.Type == appsv1.OnDeleteStatefulSetStrategyType:
		return fmt.Errorf("StatefulSet %s has the update strategy OnDelete: a new template would not reach its pods", set.Name)
	case how.RollingUpdate != nil && how.RollingUpdate.Partition != nil && *how.RollingUpdate.Partition > 0:
		return fmt.Errorf("StatefulSet %s has the update partition %d: a new template would not reach all its pods", set.Name, *how.RollingUpdate.Partition)
	}
	return nil
}

func mainContainer(s *appsv1.StatefulSet) *corev1.Container {
	for n := range s.Spec.Template.Spec.Containers {
		if c := &s.Spec.Template.Spec.Containers[n]; slices.Contains(mainContainers, c.Name) {
			return c
		}
	}
	return nil
}
