// Package scan reads, with connections of its own, every queue of a topic on every master from its lowest to its
// highest offset. What it finds is the evidence for what was lost; so it says for each queue whether it has really
// read all of it, and never calls a queue read because a broker did not answer.
package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Config is what to scan.
type Config struct {
	Topic  string
	Groups []string // broker groups that were sent to; others that have the topic are scanned too
	Queues int      // that each of these had
	RunID  string   // whose messages the topic holds
	// Patience is how long one queue's broker may fail to answer before the queue is given up as incomplete.
	Patience time.Duration
}

// Scanner scans once.
type Scanner struct {
	Config
	Cluster *cluster.View
	Record  func(history.Record) error
	Since   func() time.Duration // the run's time now
}

// atOnce bounds the queues that are read at the same time.
const atOnce = 4

// Run scans everything. It fails only where results cannot be recorded: what could not be read is in the records.
func (s *Scanner) Run(ctx context.Context) error {
	groups, err := s.groups(ctx)
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	errs := make(chan error, len(groups)*s.Queues)
	for _, group := range groups {
		for queue := range s.Queues {
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				errs <- s.queue(ctx, group, int32(queue))
			})
		}
	}
	all.Wait()
	close(errs)
	var failed []error
	for err := range errs {
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// groups adds to those that were sent to the ones where the topic is found beside them.
func (s *Scanner) groups(ctx context.Context) ([]string, error) {
	groups := slices.Clone(s.Groups)
	masters, err := s.Cluster.Masters(ctx)
	if err != nil {
		return groups, ctx.Err() // the queues of the groups will be recorded as incomplete
	}
	for group, addresses := range masters {
		if !slices.Contains(groups, group) && s.hasTopic(ctx, addresses) {
			groups = append(groups, group)
		}
	}
	slices.Sort(groups)
	return groups, ctx.Err()
}

func (s *Scanner) hasTopic(ctx context.Context, addresses []string) bool {
	return slices.ContainsFunc(addresses, func(address string) bool {
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		_, err := remoting.TopicOn(ctx, s.Cluster.Client.To(address), s.Topic)
		return err == nil
	})
}

// master finds the address of a group's master that answers as such.
func (s *Scanner) master(ctx context.Context, group string) (remoting.Peer, error) {
	masters, err := s.Cluster.Masters(ctx)
	if err != nil {
		return nil, err
	}
	errs := []error{fmt.Errorf("no master of %s answers (registered: %v)", group, masters[group])}
	for _, address := range masters[group] {
		one, cancel := context.WithTimeout(ctx, answerWithin)
		err := s.Cluster.Verify(one, group, address)
		cancel()
		if err == nil {
			return s.Cluster.Client.To(address), nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}
