package agent

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Budgets of the drain.
const (
	// drainWithin bounds it: two of the library's slowest recoveries, 30 s for a route and 20 s for a rebalance, with
	// the replacement of a stalled consumer in between.
	drainWithin = 60 * time.Second
	// stalledAfter without a delivery, though messages are missing, the consumer is replaced, once: then it is the library
	// that does not go on.
	stalledAfter = 2 * time.Second
	drainLook    = 250 * time.Millisecond
	lagWithin    = 2 * time.Second
)

// drainAll lets the consumers go on until each has seen what it is to see, and then stops them.
func (r *run) drainAll(ctx context.Context) {
	var all sync.WaitGroup
	for i, c := range r.consumers {
		if c != nil {
			all.Go(func() {
				r.drain(ctx, i)
				c.Stop()
			})
		}
	}
	all.Wait()
}

// drain lets a consumer go on until it has seen every acknowledged message and the end of every queue. It gives up
// when its time is over: what was not delivered then is for the judge.
func (r *run) drain(ctx context.Context, traffic int) {
	ctx, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	tick := time.NewTicker(drainLook)
	defer tick.Stop()
	seen, moved, replaced := r.log.delivered.Load(), time.Now(), false
	for {
		if r.abandoned.Load() || (r.log.undelivered(r.config.Traffics[traffic].Topic) == 0 && r.caughtUp(ctx, traffic)) {
			return
		}
		if now := r.log.delivered.Load(); now != seen {
			seen, moved = now, time.Now()
		}
		if !replaced && time.Since(moved) > stalledAfter {
			replaced = true
			if err := r.consumers[traffic].Replace(ctx, r.started); err != nil {
				r.tell("drain", fmt.Errorf("the stalled consumer could not be replaced, so the drain ended: %w", err))
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// caughtUp tells whether a traffic's consumer has seen the end of every queue: messages that were stored without being
// acknowledged are to be delivered too.
func (r *run) caughtUp(ctx context.Context, traffic int) bool {
	ctx, cancel := context.WithTimeout(ctx, lagWithin)
	defer cancel()
	masters, err := r.cluster.Masters(ctx)
	if err != nil {
		return false
	}
	t := r.config.Traffics[traffic]
	for _, group := range t.Groups {
		for id := range int32(t.Queues) {
			if !r.atEnd(ctx, masters[group], queueName{t.Topic, group, id}) {
				return false
			}
		}
	}
	return true
}

func (r *run) atEnd(ctx context.Context, addresses []string, q queueName) bool {
	for _, address := range addresses {
		end, err := remoting.MaxOffset(ctx, r.cluster.Client.To(address), remoting.Queue{Topic: q.topic, ID: q.id})
		if err == nil {
			return r.log.nextOf(q) >= end
		}
	}
	return false
}
