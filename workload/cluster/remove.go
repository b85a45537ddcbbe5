package cluster

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Remove takes topics and consumer groups away from every master, and then the topics from every NameServer. A slave follows
// its master. The error names what stays, and where.
func (v *View) Remove(ctx context.Context, topics, groups []string) error {
	masters, err := v.Masters(ctx)
	if err != nil {
		return err
	}
	var left []error
	for group, addresses := range masters {
		left = append(left, v.anyOf(ctx, group, addresses, func(ctx context.Context, broker remoting.Peer) error {
			return errors.Join(forAll(topics, func(t string) error { return remoting.DeleteTopic(ctx, broker, t) }),
				forAll(groups, func(g string) error { return remoting.DeleteGroup(ctx, broker, g) }))
		}))
	}
	for _, e := range v.Resolver.Resolve(ctx) {
		err := e.Err
		if err == nil {
			one, cancel := context.WithTimeout(ctx, answerWithin)
			err = forAll(topics, func(t string) error { return remoting.ForgetTopic(one, v.Client.To(e.Address), t) })
			cancel()
		}
		if err != nil {
			left = append(left, fmt.Errorf("NameServer %s: %w", e.Host, err))
		}
	}
	return errors.Join(left...)
}

// anyOf succeeds when one of a master's addresses does: the others are stale.
func (v *View) anyOf(ctx context.Context, group string, addresses []string, do func(context.Context, remoting.Peer) error) error {
	var errs []error
	for _, address := range addresses {
		one, cancel := context.WithTimeout(ctx, answerWithin)
		err := do(one, v.Client.To(address))
		cancel()
		if err == nil {
			return nil
		}
		errs = append(errs, fmt.Errorf("master of %s at %s: %w", group, address, err))
	}
	return errors.Join(errs...)
}

func forAll(names []string, do func(string) error) error {
	var errs []error
	for _, name := range names {
		if err := do(name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
