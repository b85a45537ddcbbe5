package traffic

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// steady is a constant rate of ordinary messages, open loop, over all its groups.
var _ = register("steady", func(r Run, t agentapi.Traffic, first uint32) Traffic {
	return newSteady(config{Traffic: t, run: r.ID, seed: r.Seed, first: first}, r, r.Clients.newSender)
})

// config is a traffic as its producers see it.
type config struct {
	agentapi.Traffic
	run   string
	seed  uint64
	first uint32

	kind     string                                                           // of each message, empty for ordinary ones and those in transactions
	postpone func(*worker, *history.Send) (due time.Duration, mark [2]string) // says when a message is due, and the property that tells the broker; nil: at once
}

// typeOf is the type of a producer's message, as its record states it.
func (c config) typeOf(producer uint32, seq uint64) string {
	if c.Kind == agentapi.KindTransaction {
		return c.ending(producer, seq)
	}
	return c.kind
}

type steady struct {
	config  config
	late    func(time.Duration)
	workers []*worker
}

func newSteady(c config, r Run, newSender func(string) sender) *steady {
	s := &steady{config: c, late: r.Late}
	for _, group := range c.Groups {
		for i := range c.Workers {
			w := &worker{id: c.first + uint32(len(s.workers)), group: group, config: c, record: r.Record}
			w.placement = c.placement(i, w.id)
			w.sender = newSender(w.name())
			s.workers = append(s.workers, w)
		}
	}
	return s
}

// Close lets the producers go. Until then a broker may ask them how a transaction ended.
func (s *steady) Close() {
	for _, w := range s.workers {
		w.sender.close()
	}
}

func (s *steady) Producers() uint32 { return uint32(len(s.workers)) }

func (s *steady) Attempt(producer uint32, seq uint64) history.Send {
	return s.workers[producer-s.config.first].planned(seq)
}

func (s *steady) Run(ctx context.Context, zero time.Time) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	plan := newSchedule(s.config.Rate, len(s.config.Groups), s.config.Workers)
	plan.seed, plan.late = s.config.seed, s.late
	errs := make([]error, len(s.workers))
	var all sync.WaitGroup
	for i, w := range s.workers {
		w.zero = zero
		all.Go(func() {
			if errs[i] = w.work(ctx, plan.queues[i/s.config.Workers], plan.released); errs[i] != nil {
				cancel()
			}
		})
	}
	plan.run(ctx, zero)
	all.Wait()
	return errors.Join(errs...)
}
