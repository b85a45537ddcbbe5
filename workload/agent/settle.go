package agent

import (
	"context"
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// Brokers' defaults for transactions that were left open.
const (
	transactionTimeOut       = 6 * time.Second
	transactionCheckInterval = 30 * time.Second
	// settleWithin bounds the wait, so that it and the drain fit into the end of a run: with a longer interval the brokers
	// are not asked for twice.
	settleWithin = 45 * time.Second
)

// settle waits until all that was delayed is due, and until brokers have asked about each transaction that they take for
// open, and would have asked again: what they do wrong with the answer is to lie in the topic before that is scanned.
func (r *run) settle(ctx context.Context) {
	timer := time.NewTimer(min(r.settling(ctx), settleWithin))
	defer timer.Stop()
	tick := time.NewTicker(drainLook)
	defer tick.Stop()
	for !r.abandoned.Load() {
		select {
		case <-timer.C:
			return
		case <-tick.C:
		}
	}
}

// settling is how long it takes until nothing is to come any more.
func (r *run) settling(ctx context.Context) (longest time.Duration) {
	for _, t := range r.config.Traffics {
		switch t.Kind {
		case agentapi.KindDelay, agentapi.KindTimer:
			longest = max(longest, t.Delay)
		case agentapi.KindTransaction:
			longest = max(longest, r.asking(ctx))
		}
	}
	return longest
}

// asking is how long the slowest broker takes to ask about a transaction twice.
func (r *run) asking(ctx context.Context) (longest time.Duration) {
	for _, b := range r.cluster.Report(ctx).Brokers {
		longest = max(longest, configured(b.Config, "transactionTimeOut", transactionTimeOut)+
			2*configured(b.Config, "transactionCheckInterval", transactionCheckInterval))
	}
	return longest
}

// configured is a time that a broker's configuration states in milliseconds.
func configured(config map[string]string, key string, otherwise time.Duration) time.Duration {
	ms, err := strconv.ParseInt(config[key], 10, 64)
	if err != nil || ms < 0 {
		return otherwise
	}
	return time.Duration(ms) * time.Millisecond
}
