package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// CreateTopicOn creates a topic on the masters of the given groups only and returns once every NameServer shows it on each.
func (v *View) CreateTopicOn(ctx context.Context, groups []string, topic remoting.Topic) error {
	topic.Perm = remoting.PermRead | remoting.PermWrite
	masters, err := v.Masters(ctx)
	if err == nil && len(groups) == 0 {
		err = errors.New("no master is registered")
	}
	for _, group := range groups {
		if err == nil {
			err = v.createOn(ctx, masters[group], topic)
		}
	}
	if err != nil {
		return fmt.Errorf("create topic %s: %w", topic.Name, err)
	}
	return v.awaitRoute(ctx, topic, groups)
}

// createOn succeeds when one of a master's addresses does: the others are stale. Creating what is there changes nothing.
func (v *View) createOn(ctx context.Context, addresses []string, topic remoting.Topic) error {
	errs := []error{fmt.Errorf("none of its addresses %v took it", addresses)}
	for _, address := range addresses {
		one, cancel := context.WithTimeout(ctx, answerWithin)
		err := remoting.CreateTopic(one, v.Client.To(address), topic)
		cancel()
		if err == nil {
			return nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", address, err))
	}
	return errors.Join(errs...)
}

// awaitRoute polls until the context ends: a broker tells its NameServers one by one.
func (v *View) awaitRoute(ctx context.Context, topic remoting.Topic, groups []string) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := v.shown(ctx, topic, groups)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topic %s was created but is not on every NameServer's route: %w", topic.Name, err)
		case <-tick.C:
		}
	}
}

func (v *View) shown(ctx context.Context, topic remoting.Topic, groups []string) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	for _, e := range v.Resolver.Resolve(ctx) {
		if e.Err != nil {
			return e.Err
		}
		route, err := remoting.TopicRoute(ctx, v.Client.To(e.Address), topic.Name)
		if err != nil {
			return fmt.Errorf("NameServer %s: %w", e.Host, err)
		}
		for _, group := range groups {
			if route.Master(group) == "" || !hasQueues(route, group, topic.Write) {
				return fmt.Errorf("NameServer %s shows no master of %s with %d queues", e.Host, group, topic.Write)
			}
		}
	}
	return nil
}

func hasQueues(route remoting.Route, group string, n int) bool {
	return slices.ContainsFunc(route.Queues, func(q remoting.Queues) bool { return q.Group == group && q.Write >= n })
}
