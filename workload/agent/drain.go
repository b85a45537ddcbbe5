package agent

import (
	"context"
	"log/slog"
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

// drain lets the consumer go on until it has seen every acknowledged message and the end of every queue. It gives up
// when its time is over: what was not delivered then is for the judge.
func (r *run) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	tick := time.NewTicker(drainLook)
	defer tick.Stop()
	seen, moved, replaced := r.tally.delivered.Load(), time.Now(), false
	for {
		if r.abandoned.Load() || (r.tally.undelivered() == 0 && r.caughtUp(ctx)) {
			return nil
		}
		if now := r.tally.delivered.Load(); now != seen {
			seen, moved = now, time.Now()
		}
		if !replaced && time.Since(moved) > stalledAfter {
			replaced = true
			if err := r.consumer.Replace(ctx, r.started); err != nil {
				slog.Warn("the stalled consumer could not be replaced, so the drain ends: what was not delivered is for the judge", "error", err)
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// caughtUp tells whether the consumer has seen the end of every queue: messages that were stored without being
// acknowledged are to be delivered too.
func (r *run) caughtUp(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lagWithin)
	defer cancel()
	masters, err := r.cluster.Masters(ctx)
	if err != nil {
		return false
	}
	for _, group := range r.config.Groups {
		for id := range int32(r.config.Queues) {
			if !r.atEnd(ctx, masters[group], queueName{group, id}) {
				return false
			}
		}
	}
	return true
}

func (r *run) atEnd(ctx context.Context, addresses []string, q queueName) bool {
	for _, address := range addresses {
		end, err := remoting.MaxOffset(ctx, r.cluster.Client.To(address), remoting.Queue{Topic: r.config.Topic, ID: q.id})
		if err == nil {
			return r.tally.nextOf(q) >= end
		}
	}
	return false
}
